// HEP, the capture protocol of Homer: one datagram of version 1, 2 or 3 in, what the capture agent
// says about one SIP message out. The layouts stand in hep12.h and hep3.h.
//
// Where senders differ from the specification and from each other: docs/formats.md.
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

/// Why a datagram, or the rest of one, could not be read. The names are the counters' names.
enum class Reason : std::uint8_t {
    unknown_magic,     ///< neither HEP nor anything else that is known
    keepalive,         ///< line ends, NULs, "jaK": nothing to read
    stun,              ///< a STUN binding request on the SIP port's mirror
    truncated_header,  ///< HEP 1, 2: shorter than its own addresses
    bad_family,        ///< HEP 1, 2: neither IPv4 nor IPv6
    no_payload,        ///< HEP 1, 2: nothing after the head
    hep3_short,        ///< a HEP magic and not even a length
    hep3_bad_total,    ///< total length under 6
    hep3_cut,          ///< total length beyond the datagram
    hep3_tail,         ///< 1 to 5 bytes where a field's head should be
    hep3_chunk_short,  ///< a field's length is under 6: reading would never advance
    hep3_chunk_over,   ///< a field's length runs past the end
    hep3_no_payload    ///< nothing to show: neither field 15 nor 16
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

/// What a capture agent says about one packet. Views point into the bytes given to decode().
struct Capture {
    std::uint8_t version = 0;                 ///< 1, 2 or 3
    std::uint8_t ip_protocol = 0;             ///< of the captured packet: 17 UDP, 6 TCP, 22 TLS ...
    wire::Endpoint source, destination;       ///< of the SIP hop, not of the agent
    std::optional<wire::Micros> captured_at;  ///< the agent's clock; empty: none sent
    bool bad_time = false;                    ///< a time was sent and made no sense
    std::optional<std::uint32_t> capture_id;  ///< field 12, HEPv2's captid; several may share one
    std::string_view correlation_id;          ///< field 17; may be empty
    std::string_view agent_name;              ///< field 19; may be empty
    std::string_view auth_key;                ///< field 14, a secret: never stored, never logged
    /// OpenSIPS's field 0x65: a JSON object of ids in other protocols ("sip", "net"); may be empty.
    std::string_view links;
    std::optional<PayloadType> payload_type;  ///< field 11; HEP 1 and 2 carry SIP always: sip
    /// Octets as sent, a sender's padding included: only the payload itself tells where it ends.
    /// SIP does, with its Content-Length: cut to sip::Message::size.
    std::string_view payload;
    bool compressed = false;          ///< the payload is field 16's: gzip or zlib, as sent
    std::optional<Rejection> damage;  ///< why reading stopped early; the payload may be cut
    std::size_t size = 0;  ///< octets of this packet; what follows them may be a further packet
};

/// Total: any bytes give a Capture or a Rejection; nothing is thrown or allocated. O(n).
/// A damaged packet with a readable payload is a Capture with `damage`: show what can be shown.
/// `arrival` helps to tell the byte order of a HEPv2 time.
[[nodiscard]] Result<Capture> decode(wire::Bytes datagram, wire::Micros arrival) noexcept;

/// Takes the first packet off the front of a datagram, in which several HEP 3 packets may follow
/// one another. Whatever is not followed by a further packet is one packet, broken or not.
[[nodiscard]] wire::Bytes take_packet(wire::Bytes& datagram) noexcept;

}  // namespace ci::hep
