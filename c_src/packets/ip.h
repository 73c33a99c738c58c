// The header of an IP packet: IPv4 (RFC 791), IPv6 with its extension headers (RFC 8200). Checksums
// are not verified: where the network card computes them, a capture on the sender has wrong ones.
#pragma once

#include <cstdint>
#include <optional>

#include "packets/trace.h"
#include "wire/endpoint.h"
#include "wire/reader.h"
#include "wire/result.h"

namespace ci::packets {

enum class IpReason : std::uint8_t {
    not_ip,      ///< neither version 4 nor 6
    bad_length,  ///< impossible lengths
    cut          ///< ends within its header
};

/// A fragment's place in its datagram's payload.
struct Fragment {
    std::uint32_t id = 0;
    std::size_t offset = 0;
    bool more = false;  ///< false: the last fragment
};

struct IpPacket {
    wire::Address source, destination;
    std::uint8_t protocol = 0;  ///< of the payload; in a fragment: of the whole datagram
    wire::Bytes payload;        ///< without padding
    bool is_cut = false;        ///< only part of the packet was captured
    std::size_t missing = 0;    ///< octets that were not captured
    std::optional<Fragment> fragment;
    Trace trace{};
    std::uint32_t network = 0;  ///< the overlay (Inside::network) in which the addresses are unique
};

[[nodiscard]] wire::expected<IpPacket, IpReason> read_ip(wire::Bytes bytes) noexcept;

/// Skips IPv6's extension headers and, in both versions, the Authentication Header (RFC 4302).
/// `protocol` and `payload` become those behind the last header or, in a fragment, behind the
/// Fragment header. A value: a header is broken.
[[nodiscard]] std::optional<IpReason> skip_extensions(IpPacket& packet) noexcept;

}  // namespace ci::packets
