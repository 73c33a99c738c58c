// Which senders a source accepts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hep/hep.h"
#include "wire/network.h"

namespace ci::sources {

struct Admission {
    std::vector<wire::Network> allow;  ///< empty: any address
    std::string auth_key;              ///< the key expected in HEP field 14; empty: none

    [[nodiscard]] bool allows(const wire::Address& address) const noexcept;

    /// True if no key is expected, or the packet has it. HEP 1 and 2 carry no key. The comparison
    /// takes the same time for any key bytes.
    [[nodiscard]] bool has_key(const hep::Capture& capture) const noexcept;
};

/// Parses "10.0.0.0/8,192.0.2.1". The error is the part that is not a network.
[[nodiscard]] wire::expected<std::vector<wire::Network>, std::string> parse_networks(
    std::string_view text);

}  // namespace ci::sources
