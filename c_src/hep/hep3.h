// Decodes HEP version 3: one datagram, or one packet cut from a stream, gives one Capture.
//
//   magic:4  length:u16  field*                    integers are big-endian; length counts itself
//   field := vendor:u16 type:u16 length:u16 value  length counts its own 6-byte head
//
// Source: HEP3 protocol specification, revision 37. Where senders differ: docs/formats.md.
#pragma once

#include "hep/hep.h"

namespace ci::hep {

inline constexpr std::size_t hep3_packet_head = 6;
inline constexpr std::size_t hep3_field_head = 6;
inline constexpr std::size_t hep3_largest = 0xffff;

/// True for "HEP3", for "EEP3", the specification's other name, and for "EEP1", a draft of 2013.
[[nodiscard]] bool has_hep3_magic(wire::Bytes bytes) noexcept;

/// The fields of vendor 0 that make up a Capture. The specification calls fields chunks.
enum class FieldType : std::uint16_t {
    ip_family = 0x01,
    ip_protocol = 0x02,
    ipv4_source = 0x03,
    ipv4_destination = 0x04,
    ipv6_source = 0x05,
    ipv6_destination = 0x06,
    source_port = 0x07,
    destination_port = 0x08,
    seconds = 0x09,
    micros = 0x0a,
    payload_type = 0x0b,
    capture_id = 0x0c,
    auth_key = 0x0e,
    payload = 0x0f,
    compressed_payload = 0x10,
    correlation_id = 0x11,
    agent_name = 0x13,
    links = 0x65,  ///< OpenSIPS; not in the specification
};

/// Precondition: has_hep3_magic(packet). Otherwise like decode(). Unknown vendors and types are
/// skipped, so that calls from newer agents are not lost. If a field occurs twice, the last one
/// counts.
[[nodiscard]] Result<Capture> decode_hep3(wire::Bytes packet) noexcept;

}  // namespace ci::hep
