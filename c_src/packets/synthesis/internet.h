// IP packets in Ethernet frames, with what they carry: lengths, checksums, fragments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/endpoint.h"

namespace ci::synthesis {

/// Octets of an IP packet.
inline constexpr std::size_t mtu = 1'500;

inline constexpr std::uint8_t protocol_tcp = 6, protocol_udp = 17;

/// Appends a number in network order.
void append_16(std::uint64_t value, std::string& out);
void append_32(std::uint64_t value, std::string& out);

/// Two addresses of one family. Where one is IPv6, an IPv4 address is mapped into it (RFC 4291
/// 2.5.5.2); where one is unknown, it is that family's unspecified address.
struct Path {
    wire::Address source, destination;

    Path(const wire::Address& from, const wire::Address& to);

    [[nodiscard]] bool is_ipv6() const noexcept { return source.family == wire::Family::ipv6; }
    /// Octets that IP takes in front of its payload.
    [[nodiscard]] std::size_t header() const noexcept { return is_ipv6() ? 40 : 20; }
};

/// The checksum of UDP and TCP over header and payload, whose checksum field is zero (RFC 768, RFC
/// 9293 3.1, RFC 8200 8.1). `length`: of both as the header tells it; what is missing of them
/// counts as zeros.
[[nodiscard]] std::uint16_t transport_checksum(const Path& path, std::uint8_t protocol,
                                               std::string_view bytes, std::size_t length);

/// Numbers packets, so that their fragments are told apart, and two transmissions from a copy.
class Identification {
  public:
    /// Never 0, which means that there is none.
    [[nodiscard]] std::uint32_t next() noexcept;

  private:
    std::uint32_t last_ = 0;
};

/// The frames of one datagram: several, if it is larger than the MTU and nothing of it is missing.
[[nodiscard]] std::vector<std::string> frames_of(const Path& path, std::uint8_t protocol,
                                                 std::string_view payload, std::size_t missing,
                                                 Identification& identification);

}  // namespace ci::synthesis
