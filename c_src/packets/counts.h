// What became of every frame, and what was lost beyond single frames. The names are the counters'
// (docs/formats.md).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ci::packets {

/// Each frame ends as exactly one of these.
enum class Fate : std::uint8_t {
    sip,           ///< brought a message, or several
    waits,         ///< a fragment, or TCP data: no message ends in it
    tcp_control,   ///< TCP without data
    tcp_again,     ///< TCP data that was there before
    keepalive,     ///< line ends, NULs, "jaK"
    stun,          ///< a STUN message on a SIP port
    sctp_control,  ///< SCTP without data
    sctp_again,    ///< SCTP data that was there before
    websocket,     ///< a handshake, or frames that hold no SIP
    hep,           ///< HEP on its way to a collector: taken only if that is asked for
    http,          ///< HTTP that does not become a WebSocket
    tls,           ///< begins a TLS or DTLS record
    not_sip,       ///< anything else by UDP, TCP or SCTP
    icmp,          ///< also IPv6's, neighbour discovery included
    routing,       ///< what routers tell each other: IGMP, OSPF, EIGRP, PIM, VRRP, IS-IS
    encrypted,     ///< ESP, MACsec, a wireless or point-to-point line that encrypts
    not_udp_tcp,   ///< IP, and none of these
    arp,           ///< also RARP
    lldp,          ///< neighbours tell their names
    stp,           ///< spanning tree; Cisco's CDP, VTP and the like
    eapol,         ///< IEEE 802.1X
    ppp_control,   ///< PPP that sets up or watches a line; PPPoE discovery
    wlan_control,  ///< management and control frames of IEEE 802.11
    link_control,  ///< LACP, pause, loopback, PTP, keepalives of lines, other IEEE 802.2
    link_type,     ///< of an interface whose frames cannot be read
    not_ip,        ///< neither IPv4 nor IPv6, and none of these
    too_deep,      ///< more layers in one another than are opened
    cut,           ///< captured only in part (snapshot length), and not enough of it
    bad_length,    ///< lengths that cannot be
    bad_fragment,  ///< cannot be part of a datagram, or contradicts its other parts
};
inline constexpr std::string_view fate_names[] = {
    "sip",          "waits",      "tcp_control", "tcp_again",   "keepalive",    "stun",
    "sctp_control", "sctp_again", "websocket",   "hep",         "http",         "tls",
    "not_sip",      "icmp",       "routing",     "encrypted",   "not_udp_tcp",  "arp",
    "lldp",         "stp",        "eapol",       "ppp_control", "wlan_control", "link_control",
    "link_type",    "not_ip",     "too_deep",    "cut",         "bad_length",   "bad_fragment"};

enum class Loss : std::uint8_t {
    fragments_lost,  ///< datagrams whose fragments did not all come, or were too many
    tcp_gap,         ///< TCP data that was not captured
    tcp_desync,     ///< where a message should have begun was something else; or its end is unknown
    tcp_cut,        ///< a connection that ended within a message
    tcp_overflow,   ///< connections that were forgotten because there were too many
    ws_compressed,  ///< WebSocket messages that refer to what was not captured
    sctp_lost,      ///< messages whose chunks did not all come, or were too many
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
