// The head of an IP packet: IPv4 (RFC 791), IPv6 with its extension headers (RFC 8200). Checksums
// are not looked at: where the network card computes them, a capture on the sender has wrong ones.
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
    bad_length,  ///< lengths that cannot be
    cut          ///< ends within its head
};

/// Which part of a datagram's payload this is.
struct Fragment {
    std::uint32_t id = 0;
    std::size_t offset = 0;
    bool more = false;  ///< false: the last part
};

struct IpPacket {
    wire::Address source, destination;
    std::uint8_t protocol = 0;  ///< of the payload; of a fragment: of the whole
    wire::Bytes payload;        ///< without padding
    bool is_cut = false;        ///< the packet was longer than what was captured of it
    std::size_t missing = 0;    ///< by so much
    std::optional<Fragment> fragment;
    Trace trace{};
    std::uint32_t network = 0;  ///< of an overlay (Inside::network): addresses hold within it
};

[[nodiscard]] wire::expected<IpPacket, IpReason> read_ip(wire::Bytes bytes) noexcept;

/// Skips IPv6's extension headers, and the authentication header (RFC 4302) of both versions:
/// `protocol` and `payload` become what follows them, or the fragment's. What is broken in there is
/// an error.
[[nodiscard]] std::optional<IpReason> skip_extensions(IpPacket& packet) noexcept;

}  // namespace ci::packets
