// An IP address with a port, as SIP and HEP name the two ends of a hop; and its text.
//
// Pure: formatting and parsing are our own because inet_ntop lives among the sockets, and a
// decoder must not.
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

/// An IPv4 address mapped into IPv6 (RFC 4291 2.5.5.2), as a socket for both shows its IPv4 peers,
/// is the IPv4 address: one host must not look like two. Other addresses stay as they are.
[[nodiscard]] Address unmapped(const Address& address) noexcept;

/// "192.0.2.1", or RFC 5952 for IPv6 ("2001:db8::1"); "0.0.0.0" when the family is none. One mapped
/// into IPv6 is shown as IPv4.
void append(const Address& address, std::string& out);
/// "192.0.2.1:5060", "[2001:db8::1]:5060".
void append(const Endpoint& endpoint, std::string& out);
std::string to_string(const Address& address);
std::string to_string(const Endpoint& endpoint);

/// A literal address, IPv6 with or without brackets, unmapped. Empty: not one (names are not
/// resolved).
std::optional<Address> parse_address(std::string_view text);
/// "192.0.2.1:5060" or "[::1]:5060"; also "::1:5060" as Kazoo's own chunks write it (port after
/// the last colon).
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// A decimal port, 0 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

}  // namespace ci::wire
