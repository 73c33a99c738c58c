// An IP address with a port, as SIP and HEP name the two ends of a hop; and its text form.
//
// Pure: inet_ntop belongs to the socket API, which a decoder must not use, so formatting and
// parsing are done here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ci::wire {

enum class Family : std::uint8_t { none, ipv4, ipv6 };

struct Address {
    Family family = Family::none;
    std::array<std::uint8_t, 16> bytes{};  ///< network order; IPv4 uses the first four

    friend bool operator==(const Address&, const Address&) = default;
};

struct Endpoint {
    Address address;
    std::uint16_t port = 0;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Turns an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2) into the IPv4 address. A dual-stack socket
/// shows IPv4 peers as mapped, and one host must not look like two. Others are returned unchanged.
[[nodiscard]] Address unmapped(const Address& address) noexcept;

/// "192.0.2.1", or RFC 5952 for IPv6 ("2001:db8::1"); "0.0.0.0" for Family::none. An IPv4-mapped
/// address is shown as IPv4.
void append(const Address& address, std::string& out);
/// "192.0.2.1:5060", "[2001:db8::1]:5060".
void append(const Endpoint& endpoint, std::string& out);
std::string to_string(const Address& address);
std::string to_string(const Endpoint& endpoint);

/// A literal address, IPv6 with or without brackets, unmapped. Empty: not an address (names are not
/// resolved).
std::optional<Address> parse_address(std::string_view text);
/// "192.0.2.1:5060" or "[::1]:5060"; also "::1:5060" as Kazoo's own chunks write it (port after
/// the last colon).
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// A decimal port, 0 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace ci::wire
