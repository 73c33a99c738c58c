// Opens tunnels: packets carried in IP or UDP by mirroring switches, overlay networks and mobile
// networks.
//
// IP protocol 47   GRE (RFC 2784, 2890, 1701; PPTP's of RFC 2637), and in it IP, Ethernet, PPP,
//                  MPLS, ERSPAN I to III
//             97   EtherIP (RFC 3378)       115   L2TPv3 (RFC 3931)
//            137   MPLS (RFC 4023)          143   Ethernet (RFC 8986)
// UDP    4789, 8472 VXLAN (RFC 7348)       4790   VXLAN-GPE
//              6081 GENEVE (RFC 8926)      2152   GTP-U (3GPP TS 29.281)
//             37008 TZSP                   1701   L2TP (RFC 2661, 3931)
//              4754 GRE (RFC 8086)         6635   MPLS (RFC 7510)
//              4341 LISP (RFC 9300)        3544   Teredo (RFC 4380)
//              5247 CAPWAP (RFC 5415)      7932   HP's mirror
//             30030 Juniper's mirror
//
// A port proves nothing. A payload that does not lead to a packet with a plausible header is not a
// tunnel, but ordinary UDP.
#pragma once

#include <optional>

#include "packets/walk.h"

namespace ci::packets {

/// Opens a tunnel by its IP protocol number. Empty: not a tunnel.
[[nodiscard]] std::optional<Inside> open_protocol(std::uint8_t protocol, wire::Bytes bytes);

/// Opens a tunnel by either UDP port. `is_cut`: only part of the packet was captured. Empty: not a
/// tunnel.
[[nodiscard]] std::optional<Inside> open_udp(std::uint16_t source, std::uint16_t destination,
                                             wire::Bytes bytes, bool is_cut);

}  // namespace ci::packets
