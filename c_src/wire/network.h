// A range of addresses, as operators write it: "10.0.0.0/8", "2001:db8::/32", "192.0.2.1".
#pragma once

#include <optional>
#include <string_view>

#include "wire/endpoint.h"

namespace ci::wire {

struct Network {
    Address base;
    std::uint8_t prefix = 0;  ///< how many of its bits count

    friend bool operator==(const Network&, const Network&) = default;
};

/// Empty: not a network. A single address is a network of one; bits behind the prefix are ignored.
[[nodiscard]] std::optional<Network> parse_network(std::string_view text);

[[nodiscard]] bool contains(const Network& network, const Address& address) noexcept;

}  // namespace ci::wire
