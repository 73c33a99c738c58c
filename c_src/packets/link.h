// The link layer around an IP packet, by the link type that pcap names
// (https://www.tcpdump.org/linktypes.html).
//
//   Ethernet       to:6 from:6 [tag:4]... type:2 IP         tags: 802.1Q, 802.1ad, the older 9100
//   Linux cooked   kind:2 arphrd:2 length:2 address:8 type:2 IP                  (16 octets)
//   cooked v2      type:2 0:2 interface:4 arphrd:2 kind:1 length:1 address:8 IP  (20 octets)
//   BSD null       family:4 IP              in the byte order of the machine that captured
//   BSD loop       family:4 IP              big-endian
//   raw            IP
#pragma once

#include <cstdint>
#include <optional>

#include "wire/reader.h"

namespace ci::packets {

enum class Link : std::uint8_t { ethernet, cooked, cooked2, bsd, raw };

/// Of a DLT_ or LINKTYPE_ number. Empty: one that is not read.
[[nodiscard]] std::optional<Link> link_of(int number) noexcept;

/// The IP packet, with whatever padding stands behind it. Empty: there is none.
[[nodiscard]] wire::Bytes strip_link(Link link, wire::Bytes frame) noexcept;

}  // namespace ci::packets
