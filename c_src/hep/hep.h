// Decodes HEP, the capture protocol of Homer: a datagram of version 1, 2 or 3 holds a capture
// agent's report of one SIP message. hep12.h and hep3.h describe the layouts.
//
// docs/formats.md tells where senders differ from the specification and from each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/endpoint.h"
#include "wire/micros.h"
#include "wire/reader.h"
#include "wire/result.h"

namespace ci::hep {

/// Why a datagram, or the rest of one, could not be read. The names are those of the counters.
enum class Reason : std::uint8_t {
    unknown_magic,     ///< neither HEP nor anything else known
    keepalive,         ///< line ends, NULs, "jaK": nothing to read
    stun,              ///< a STUN binding request, mirrored from a SIP port
    truncated_header,  ///< HEP 1, 2: ends within the addresses
    bad_family,        ///< HEP 1, 2: neither IPv4 nor IPv6
    no_payload,        ///< HEP 1, 2: nothing after the head
    hep3_short,        ///< a HEP magic without a length
    hep3_bad_total,    ///< total length under 6
    hep3_cut,          ///< total length beyond the datagram
    hep3_tail,         ///< 1 to 5 bytes where a field's head should be
    hep3_chunk_short,  ///< a field's length is under 6: reading would never advance
    hep3_chunk_over,   ///< a field's length runs past the end
    hep3_no_payload    ///< neither field 15 nor 16
};
inline constexpr std::string_view reason_names[] = {
    "unknown_magic",    "keepalive",       "stun",           "truncated_header", "bad_family",
    "no_payload",       "hep3_short",      "hep3_bad_total", "hep3_cut",         "hep3_tail",
    "hep3_chunk_short", "hep3_chunk_over", "hep3_no_payload"};
using Rejection = wire::Rejection<Reason>;
template <class T>
using Result = wire::Result<T, Reason>;

/// HEP field 11. Other values are kept as they are.
enum class PayloadType : std::uint8_t { reserved = 0, sip = 1, sdp = 3, rtcp_json = 5, log = 100 };

/// A capture agent's report of one packet. Views point into the bytes given to decode().
struct Capture {
    std::uint8_t version = 0;                 ///< 1, 2 or 3
    std::uint8_t ip_protocol = 0;             ///< of the captured packet: 17 UDP, 6 TCP, 22 TLS ...
    wire::Endpoint source, destination;       ///< of the SIP hop, not of the agent
    std::optional<wire::Micros> captured_at;  ///< by the agent's clock; empty: no time was sent
    bool bad_time = false;                    ///< an impossible time was sent
    std::optional<std::uint32_t> capture_id;  ///< field 12, HEPv2's captid; agents may share one
    std::string_view correlation_id;          ///< field 17; may be empty
    std::string_view agent_name;              ///< field 19; may be empty
    std::string_view auth_key;                ///< field 14, a secret: never stored, never logged
    /// OpenSIPS's field 0x65: a JSON object of ids in other protocols ("sip", "net"); may be empty.
    std::string_view links;
    std::optional<PayloadType> payload_type;  ///< field 11; always `sip` in HEP 1 and 2
    /// The octets as sent, including a sender's padding. Only the payload itself tells where it
    /// ends; the end of a SIP message is sip::Message::size.
    std::string_view payload;
    bool compressed = false;          ///< the payload is from field 16: gzip or zlib, as sent
    std::optional<Rejection> damage;  ///< why reading stopped early; the payload may be cut
    std::size_t size = 0;             ///< octets of this packet; another one may follow it
};

/// Total: any bytes give a Capture or a Rejection; nothing is thrown or allocated. O(n).
/// A damaged packet with a readable payload gives a Capture with `damage`, so that the payload is
/// not lost. `arrival` helps to detect the byte order of a HEPv2 time.
[[nodiscard]] Result<Capture> decode(wire::Bytes datagram, wire::Micros arrival) noexcept;

/// Takes the first packet off the front of a datagram, which may hold several HEP 3 packets. Bytes
/// that no further packet follows are one packet, broken or not.
[[nodiscard]] wire::Bytes next_packet(wire::Bytes& datagram) noexcept;

}  // namespace ci::hep
