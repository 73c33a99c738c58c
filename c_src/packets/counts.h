// Counts what became of every frame, and losses that span several frames. The names are those of
// the counters (docs/formats.md).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ci::packets {

/// Each frame ends as exactly one of these.
enum class Fate : std::uint8_t {
    sip,           ///< completed one or more SIP messages
    waits,         ///< a fragment or TCP data in which no message ends
    tcp_control,   ///< TCP without data
    tcp_again,     ///< TCP data seen before: a retransmission or a duplicate
    keepalive,     ///< line ends, NULs, "jaK"
    stun,          ///< a STUN message on a SIP port
    sctp_control,  ///< SCTP without data
    sctp_again,    ///< SCTP data seen before: a retransmission or a duplicate
    websocket,     ///< a handshake, or frames that hold no SIP
    hep,           ///< HEP on its way to a collector: delivered only if asked for
    http,          ///< HTTP that does not upgrade to WebSocket
    tls,           ///< begins a TLS or DTLS record
    not_sip,       ///< any other payload of UDP, TCP or SCTP
    icmp,          ///< also ICMPv6, neighbour discovery included
    routing,       ///< IGMP, OSPF, EIGRP, PIM, VRRP, IS-IS
    encrypted,     ///< ESP, MACsec, an encrypted wireless or point-to-point line
    not_udp_tcp,   ///< any other IP protocol
    arp,           ///< also RARP
    lldp,          ///< Link Layer Discovery Protocol
    stp,           ///< spanning tree; Cisco's CDP, VTP and the like
    eapol,         ///< IEEE 802.1X
    ppp_control,   ///< PPP that sets up or monitors a line; PPPoE discovery
    wlan_control,  ///< management and control frames of IEEE 802.11
    link_control,  ///< LACP, pause, loopback, PTP, keepalives of lines, other IEEE 802.2
    link_type,     ///< the interface has a link type that is not supported
    not_ip,        ///< neither IPv4 nor IPv6, nor any of the above
    too_deep,      ///< more nested layers than are opened
    cut,           ///< the snapshot length left too little of the frame
    bad_length,    ///< impossible lengths
    bad_fragment,  ///< cannot be a fragment, or contradicts the datagram's other fragments
};
inline constexpr std::string_view fate_names[] = {
    "sip",          "waits",      "tcp_control", "tcp_again",   "keepalive",    "stun",
    "sctp_control", "sctp_again", "websocket",   "hep",         "http",         "tls",
    "not_sip",      "icmp",       "routing",     "encrypted",   "not_udp_tcp",  "arp",
    "lldp",         "stp",        "eapol",       "ppp_control", "wlan_control", "link_control",
    "link_type",    "not_ip",     "too_deep",    "cut",         "bad_length",   "bad_fragment"};

enum class Loss : std::uint8_t {
    fragments_lost,  ///< datagrams with missing or too many fragments
    tcp_gap,         ///< TCP data that was not captured
    tcp_desync,      ///< no message begins where one should, or a message's end is unknown
    tcp_cut,         ///< a connection that ended within a message
    tcp_overflow,    ///< connections forgotten because there were too many
    ws_compressed,   ///< compressed WebSocket messages whose earlier window was not captured
    sctp_lost,       ///< messages with missing or too many chunks
};
inline constexpr std::string_view loss_names[] = {"fragments_lost", "tcp_gap",      "tcp_desync",
                                                  "tcp_cut",        "tcp_overflow", "ws_compressed",
                                                  "sctp_lost"};

struct Counts {
    std::uint64_t frames = 0;    ///< the sum of `fates`
    std::uint64_t messages = 0;  ///< SIP messages found
    std::array<std::uint64_t, std::size(fate_names)> fates{};
    std::array<std::uint64_t, std::size(loss_names)> losses{};

    Counts& operator+=(const Counts& other) noexcept {
        frames += other.frames;
        messages += other.messages;
        for (std::size_t i = 0; i < fates.size(); ++i) fates.at(i) += other.fates.at(i);
        for (std::size_t i = 0; i < losses.size(); ++i) losses.at(i) += other.losses.at(i);
        return *this;
    }
};

}  // namespace ci::packets
