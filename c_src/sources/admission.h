// Who may send to a source.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/intake.h"
#include "wire/network.h"

namespace ci::sources {

struct Admission {
    std::vector<wire::Network> allow;  ///< empty: any address
    std::string auth_key;              ///< empty: none is asked for; else that of HEP field 14

    [[nodiscard]] bool allows(const wire::Address& address) const noexcept;

    enum class Key : std::uint8_t { right, wrong, not_hep };
    /// HEP 1 and 2 have no key: it is wrong. In a time that does not depend on the key's bytes.
    [[nodiscard]] Key check_key(const wire::Datagram& datagram) const noexcept;
};

/// "10.0.0.0/8,192.0.2.1". The error is the part that is no network.
[[nodiscard]] wire::expected<std::vector<wire::Network>, std::string> parse_networks(
    std::string_view text);

}  // namespace ci::sources
