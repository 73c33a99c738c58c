// Point-to-point lines.
//
//   PPP (RFC 1661)      [ff 03] protocol:2, or protocol:1 if its first octet is odd
//   PPPoE (RFC 2516)    11 code:1 session:2 length:2 PPP
//   Cisco's HDLC        address:1 control:1 EtherType:2
//   frame relay         address:2 to 4, then control and NLPID (RFC 2427), or an EtherType (Cisco)
#include "packets/octets.h"
#include "packets/walk.h"

namespace ci::packets {
namespace {

constexpr Step known(Fate fate) {
    return {Layer::none, {}, 0, fate};
}

/// RFC 3518: Ethernet over PPP.
Step open_bridged(wire::Bytes bytes) {
    if (bytes.size() < 2) return {};
    const bool has_lan_id = (octet(bytes, 0) & 0x40U) != 0;
    const unsigned kind = octet(bytes, 1);
    constexpr unsigned ethernet = 1;
    if (kind != ethernet) return {};
    return {Layer::ethernet, behind(bytes, has_lan_id ? 6 : 2)};
}

}  // namespace

Step open_ppp(wire::Bytes bytes) {
    // Cisco's HDLC shares the link type PPP_SERIAL; its first octet tells it from PPP.
    if (bytes.size() >= 4 && (octet(bytes, 0) == 0x0f || octet(bytes, 0) == 0x8f) &&
        octet(bytes, 1) == 0) {
        return {Layer::hdlc, bytes};
    }
    if (bytes.size() >= 2 && octet(bytes, 0) == 0xff && octet(bytes, 1) == 0x03) {
        bytes = bytes.subspan(2);
    }
    if (bytes.empty()) return {};
    const bool is_short = (octet(bytes, 0) & 1U) != 0;
    if (!is_short && bytes.size() < 2) return {};
    const unsigned protocol = is_short ? octet(bytes, 0) : wire::be_at<std::uint16_t>(bytes, 0);
    const wire::Bytes rest = behind(bytes, is_short ? 1 : 2);
    switch (protocol) {
        case 0x0021:
        case 0x0057:
            return {Layer::raw, rest};
        case 0x0281:
        case 0x0283:
            return {Layer::mpls, rest};
        case 0x0031:
            return open_bridged(rest);
        case 0x0053:
        case 0x0055:
        case 0x00fd:  // MPPE encrypts under the protocol number of compression (RFC 3078)
        case 0x00fb:
            return known(Fate::encrypted);
        default:
            return protocol >= 0x8000 ? known(Fate::ppp_control) : Step();
    }
}

Step open_pppoe(wire::Bytes bytes) {
    constexpr std::size_t head = 6;
    if (bytes.size() < head || octet(bytes, 0) != 0x11) return {};
    if (octet(bytes, 1) != 0) return known(Fate::ppp_control);
    return {Layer::ppp, behind(bytes, head)};
}

Step open_hdlc(wire::Bytes bytes) {
    constexpr std::size_t head = 4;
    if (bytes.size() < head) return {};
    // PPP in HDLC framing: some systems capture it under Cisco HDLC's link type.
    if (octet(bytes, 0) == 0xff && octet(bytes, 1) == 0x03) return {Layer::ppp, bytes};
    const auto type = wire::be_at<std::uint16_t>(bytes, 2);
    constexpr std::uint16_t slarp = 0x8035;
    if (type == slarp) return known(Fate::link_control);
    if (type == 0xfefe) return known(Fate::routing);
    return {Layer::ether_type, bytes.subspan(head), type};
}

Step open_frame_relay(wire::Bytes bytes) {
    std::size_t at = 0;
    while (at < bytes.size() && at < 4 && (octet(bytes, at) & 1U) == 0) ++at;
    ++at;  // the address's last octet is odd
    if (at < 2 || bytes.size() < at + 2) return {};
    bytes = bytes.subspan(at);
    constexpr unsigned unnumbered = 3;
    if (octet(bytes, 0) != unnumbered) {
        return {Layer::ether_type, behind(bytes, 2), wire::be_at<std::uint16_t>(bytes, 0)};
    }
    at = 1;
    while (at < bytes.size() && octet(bytes, at) == 0) ++at;  // padding
    if (at >= bytes.size()) return {};
    const wire::Bytes rest = behind(bytes, at + 1);
    switch (octet(bytes, at)) {
        case 0xcc:
        case 0x8e:
            return {Layer::raw, rest};
        case 0xcf:
            return {Layer::ppp, rest};
        case 0x80: {  // SNAP
            constexpr std::uint32_t bridged = 0x0080c2;
            if (rest.size() < 5) return {};
            const auto organization = wire::be_at<std::uint32_t>(rest, 0) >> 8U;
            const auto kind = wire::be_at<std::uint16_t>(rest, 3);
            if (organization != bridged) return {Layer::ether_type, rest.subspan(5), kind};
            return kind == 1 || kind == 7 ? Step{Layer::ethernet, rest.subspan(5)} : Step();
        }
        case 0x08:
            return known(Fate::link_control);
        case 0x81:
        case 0x82:
        case 0x83:
            return known(Fate::routing);
        default:
            return {};
    }
}

}  // namespace ci::packets
