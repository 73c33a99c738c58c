// The layers around an IP packet. pcap's link type names the outermost one
// (https://www.tcpdump.org/linktypes.html).
#pragma once

#include <cstdint>
#include <optional>

namespace ci::packets {

enum class Layer : std::uint8_t {
    none,         ///< the walk is over
    raw,          ///< IP of either version
    ether_type,   ///< the protocol that an EtherType names
    ethernet,     ///< to:6 from:6 type:2
    llc,          ///< IEEE 802.2, with or without SNAP
    mpls,         ///< labels
    pppoe,        ///< RFC 2516, behind the EtherType
    ppp,          ///< RFC 1661, with or without the HDLC framing of RFC 1662
    hdlc,         ///< Cisco's: address:1 control:1 type:2
    frame_relay,  ///< Q.922 address, then RFC 2427 or Cisco's
    wlan,         ///< IEEE 802.11
    radiotap,     ///< a radio header, then IEEE 802.11
    prism,
    avs,
    // Only outermost:
    cooked,         ///< kind:2 arphrd:2 length:2 address:8 type:2
    cooked2,        ///< type:2 0:2 interface:4 arphrd:2 kind:1 length:1 address:8
    bsd,            ///< family:4, in the byte order of the capturing machine
    ppp_direction,  ///< direction:1, then PPP
    hdlc_direction,
    frame_relay_direction,
    ppi,     ///< version:1 flags:1 length:2 dlt:4 (little-endian) fields
    pktap,   ///< length:4 record:4 dlt:4 ... (little-endian): macOS
    nflog,   ///< family:1 version:1 resource:2 (length:2 type:2 value)*: netfilter
    ipnet,   ///< 24 octets: Solaris
    docsis,  ///< cable modems
    token_ring,
    fddi,
    erf,          ///< Endace
    skip_4,       ///< four octets, then Ethernet
    skip_8,       ///< likewise eight
    skip_12,      ///< likewise twelve
    switch_4,     ///< to:6 from:6 tag:4 type:2: a switch's own tag
    switch_8,     ///< likewise of eight octets
    exported_pdu  ///< Wireshark's, without any layer: exported_pdu.h
};

using Link = Layer;  ///< the outermost layer of a capture's frames

/// The link of a DLT_ or LINKTYPE_ number. Empty: not supported.
[[nodiscard]] std::optional<Link> link_of(int number) noexcept;

}  // namespace ci::packets
