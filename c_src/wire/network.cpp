#include "wire/network.h"

#include <algorithm>

namespace ci::wire {

std::optional<Network> parse_network(std::string_view text) {
    const auto slash = text.find('/');
    const auto address = parse_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    const bool is_ipv6 = address->family == Family::ipv6;
    const unsigned most = is_ipv6 ? 128 : 32;
    if (slash == std::string_view::npos) return Network{*address, static_cast<std::uint8_t>(most)};
    const auto prefix = parse_port(text.substr(slash + 1));  // any decimal number of 16 bits
    if (!prefix) return std::nullopt;
    // "::ffff:10.0.0.0/104" is 10.0.0.0/8.
    const bool is_mapped = !is_ipv6 && text.find(':') < slash;
    const unsigned before = is_mapped ? 96 : 0;
    if (*prefix < before || *prefix - before > most) return std::nullopt;
    return Network{*address, static_cast<std::uint8_t>(*prefix - before)};
}

bool contains(const Network& network, const Address& address) noexcept {
    if (network.base.family != address.family) return false;
    const std::size_t whole = network.prefix / 8U;
    const unsigned rest = network.prefix % 8U;
    const auto& base = network.base.bytes;
    if (!std::equal(base.begin(), base.begin() + whole, address.bytes.begin())) return false;
    if (rest == 0) return true;
    const unsigned mask = 0xffU << (8U - rest);
    return ((base.at(whole) ^ address.bytes.at(whole)) & mask & 0xffU) == 0;
}

}  // namespace ci::wire
