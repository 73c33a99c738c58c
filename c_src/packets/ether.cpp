// Ethernet, and the layers between Ethernet and IP.
//
//   802.1Q, 802.1ad     control:2 type:2
//   VN-Tag (802.1BR)    tag:4 type:2
//   Cisco MetaData      version:1 length:1 options:2 group:2 type:2
//   802.1ah             service:4, then Ethernet
//   TRILL (RFC 6325)    flags:2 egress:2 ingress:2 options, then Ethernet
//   MACsec (802.1AE)    control:1 length:1 number:4 [channel:8] type:2 ... check
//   NSH (RFC 8300)      flags:1 length:1 kind:1 next:1 ...
//   MPLS (RFC 3032)     (label and flags:4)*, then IP, or Ethernet with or without a control word
//                       (RFC 4385)
#include <algorithm>
#include <iterator>
#include <optional>

#include "packets/octets.h"
#include "packets/walk.h"

namespace ci::packets {
namespace {

constexpr std::uint16_t largest_802_3 = 1'500;

/// An EtherType behind `head` octets, then the layer that it names.
Step typed(wire::Bytes bytes, std::size_t head) {
    if (bytes.size() < head + 2) return {};
    const auto type = wire::be_at<std::uint16_t>(bytes, head);
    return {Layer::ether_type, behind(bytes, head + 2), type};
}

Step open_tag(wire::Bytes bytes, Walk& walk) {
    if (bytes.size() < 4) return {};
    walk.link().add_vlan(wire::be_at<std::uint16_t>(bytes, 0) & 0xfffU);
    return typed(bytes, 2);
}

Step open_macsec(wire::Bytes bytes) {
    if (bytes.size() < 6) return {};
    const unsigned control = octet(bytes, 0);
    if ((control & 0x0cU) != 0) return {Layer::none, {}, 0, Fate::encrypted};
    return typed(bytes, (control & 0x20U) != 0 ? 14 : 6);
}

Step open_trill(wire::Bytes bytes) {
    if (bytes.size() < 6) return {};
    const std::size_t options = std::size_t{wire::be_at<std::uint16_t>(bytes, 0) >> 6U & 0x1fU} * 4;
    return {Layer::ethernet, behind(bytes, 6 + options)};
}

Step open_nsh(wire::Bytes bytes) {
    if (bytes.size() < 8) return {};
    const std::size_t head = std::size_t{octet(bytes, 1) & 0x3fU} * 4;
    if (head < 8) return {};
    return open_next_protocol(octet(bytes, 3), behind(bytes, head));
}

/// ERSPAN II and III are missing: they only occur in GRE (gre.cpp).
Step open_known(std::uint16_t type, wire::Bytes bytes, Walk& walk) {
    switch (type) {
        case 0x8100:
        case 0x88a8:
        case 0x9100:
        case 0x9200:
        case 0x9300:
            return open_tag(bytes, walk);
        case 0x8926:
            return typed(bytes, 4);
        case 0x8909:
            return typed(bytes, 6);
        case 0x88e7:
            return {Layer::ethernet, behind(bytes, 4)};
        case 0x22f3:
            return open_trill(bytes);
        case 0x88e5:
            return open_macsec(bytes);
        case 0x894f:
            return open_nsh(bytes);
        default:
            return {};
    }
}

Fate fate_of(std::uint16_t type) {
    struct Row {
        std::uint16_t type;
        Fate fate;
    };
    constexpr Row rows[] = {
        {0x0806, Fate::arp},          {0x8035, Fate::arp},          {0x88cc, Fate::lldp},
        {0x888e, Fate::eapol},        {0x88c7, Fate::eapol},        {0x8863, Fate::ppp_control},
        {0x8809, Fate::link_control}, {0x8808, Fate::link_control}, {0x9000, Fate::link_control},
        {0x8902, Fate::link_control}, {0x88f7, Fate::link_control}, {0x890d, Fate::link_control},
        {0x2000, Fate::link_control}, {0x22f4, Fate::routing},
    };
    for (const Row& row : rows) {
        if (row.type == type) return row.fate;
    }
    return Fate::not_ip;
}

}  // namespace

Step open_ethernet(wire::Bytes bytes, Walk& walk) {
    constexpr std::size_t addresses = 12;
    if (bytes.size() < addresses + 2) return {};
    walk.link().set_addresses(bytes.first(6), bytes.subspan(6, 6));
    return typed(bytes, addresses);
}

Step open_ether_type(std::uint16_t type, wire::Bytes bytes, Walk& walk) {
    switch (type) {
        case 0x0800:
        case 0x86dd:
            return {Layer::raw, bytes};
        case 0x8847:
        case 0x8848:
            return {Layer::mpls, bytes};
        case 0x8864:
            return {Layer::pppoe, bytes};
        case 0x880b:
            return {Layer::ppp, bytes};
        case 0x6558:
            return {Layer::ethernet, bytes};
        case 0x8870:  // jumbo LLC
            return {Layer::llc, bytes};
        default:
            break;
    }
    if (type <= largest_802_3)
        return {Layer::llc, bytes.first(std::min<std::size_t>(type, bytes.size()))};
    const Step step = open_known(type, bytes, walk);
    if (step.layer != Layer::none || step.fate != Fate::not_ip) return step;
    return {Layer::none, {}, 0, fate_of(type)};
}

Step open_next_protocol(unsigned protocol, wire::Bytes bytes) {
    switch (protocol) {
        case 1:
        case 2:
            return {Layer::raw, bytes};
        case 3:
            return {Layer::ethernet, bytes};
        case 4:
            return {Layer::ether_type, bytes, 0x894f};
        case 5:
            return {Layer::mpls, bytes};
        default:
            return {};
    }
}

Step open_llc(wire::Bytes bytes) {
    if (bytes.size() < 3) return {};
    constexpr std::uint32_t snap = 0xaaaa03;
    const auto head = octet(bytes, 0) << 16U | octet(bytes, 1) << 8U | octet(bytes, 2);
    if (head != snap) {
        switch (octet(bytes, 0)) {
            case 0x06:
                return {Layer::raw, behind(bytes, 3)};
            case 0x42:
                return {Layer::none, {}, 0, Fate::stp};
            case 0xfe:
                return {Layer::none, {}, 0, Fate::routing};  // IS-IS
            case 0x00:
            case 0xe0:
            case 0xf0:
                return {Layer::none, {}, 0, Fate::link_control};  // tests, IPX, NetBIOS
            default:
                return {};
        }
    }
    if (bytes.size() < 8) return {};
    const auto organization = wire::be_at<std::uint32_t>(bytes, 2) & 0xffffffU;
    const auto kind = wire::be_at<std::uint16_t>(bytes, 6);
    constexpr std::uint32_t cisco = 0x00000c;
    constexpr std::uint32_t ieee_802_1 = 0x0080c2;  // bridged: RFC 2684 5.2, RFC 2427 4.2
    if (organization == ieee_802_1 && (kind == 1 || kind == 7)) {
        return {Layer::ethernet, behind(bytes, 8)};
    }
    if (organization == cisco && kind < 0x0600) return {Layer::none, {}, 0, Fate::stp};
    return typed(bytes, 6);
}

Step open_mpls(wire::Bytes bytes, Walk& walk) {
    constexpr std::size_t entry = 4;
    constexpr std::size_t control_word = 4;
    for (bool is_last = false; !is_last; bytes = bytes.subspan(entry)) {
        if (bytes.size() <= entry) return {};
        is_last = (octet(bytes, 2) & 1U) != 0;
    }
    const unsigned nibble = octet(bytes, 0) >> 4U;
    // RFC 4385 5: an associated channel, not user traffic.
    if (nibble == 1) return {Layer::none, {}, 0, Fate::link_control};
    const Step as_ip{Layer::raw, bytes};
    const Step plain{Layer::ethernet, bytes};
    const Step controlled{Layer::ethernet, behind(bytes, control_word)};
    const bool found = nibble == 4 || nibble == 6 ? walk.first_of(as_ip, plain)
                       : nibble == 0              ? walk.first_of(controlled, plain)
                                                  : walk.run(plain);
    return found ? walk.result() : Step();
}

}  // namespace ci::packets
