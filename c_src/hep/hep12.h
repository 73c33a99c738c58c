// HEP versions 1 and 2: a C struct as in the sender's memory, then the SIP message.
//
//   0  version     1 or 2
//   1  length      of the head, of part of it, or of something else, by sender: never used
//   2  family      AF_INET or AF_INET6 of the sender's system
//   3  protocol    of the SIP
//   4  source port:u16  destination port:u16                    big-endian
//   8  source address  destination address                      4 or 16 bytes each
//      seconds:u32  microseconds:u32  capture id:u16  unused:2  version 2 only; the sender's own
//                                                               byte order, in practice little
//      payload
//
// Source: senders' code and traffic; docs/formats.md.
#pragma once

#include "hep/hep.h"

namespace ci::hep {

inline constexpr std::size_t hep12_ports_at = 4;
inline constexpr std::size_t hep12_addresses_at = 8;
inline constexpr std::size_t hep2_time_block = 12;

/// Precondition: the packet has at least 16 bytes and begins with 1 or 2. Otherwise like decode().
[[nodiscard]] Result<Capture> decode_hep12(wire::Bytes packet, wire::Micros arrival) noexcept;

}  // namespace ci::hep
