// GRE: flags and version:2 type:2 [checksum:2 offset:2] [key:4] [sequence:4] [routes]
//      version 1 (PPTP): flags:2 880b length:2 call:2 [sequence:4] [acknowledged:4] PPP
//
//   ERSPAN I     Ethernet, and no sequence number before it
//   ERSPAN II    1:4 vlan:12 cos:3 encapsulation:2 cut:1 session:10 reserved:12 index:20
//   ERSPAN III   2:4 ... frame type:5 ... more:1 (12 octets), with `more` 8 octets follow
#include "packets/gre.h"

#include "packets/octets.h"

namespace ci::packets {
namespace {

constexpr std::uint16_t type_erspan = 0x88be, type_erspan3 = 0x22eb, type_ethernet = 0x6558,
                        type_ppp = 0x880b, type_wccp = 0x883e;

bool open_pptp(Walk& walk, wire::Bytes bytes, unsigned flags) {
    constexpr unsigned has_sequence = 0x1000, has_acknowledged = 0x0080;
    // A packet without a sequence number is only an acknowledgement (RFC 2637).
    if ((flags & has_sequence) == 0) return walk.run({Layer::none, {}, 0, Fate::ppp_control});
    const std::size_t head = (flags & has_acknowledged) != 0 ? 16 : 12;
    return walk.run({Layer::ppp, behind(bytes, head)});
}

/// Each source route entry has a length field; the entry of length 0 is the last (RFC 1701).
wire::Bytes skip_routes(wire::Bytes bytes) {
    while (bytes.size() >= 4) {
        const std::size_t length = octet(bytes, 3);
        const bool is_last = wire::be_at<std::uint16_t>(bytes, 0) == 0 && length == 0;
        bytes = behind(bytes, 4 + length);
        if (is_last) return bytes;
    }
    return {};
}

bool open_erspan(Walk& walk, wire::Bytes bytes) {
    constexpr std::size_t head2 = 8;
    const Step first{Layer::ethernet, bytes};
    if (bytes.size() < head2 || octet(bytes, 0) >> 4U != 1) return walk.run(first);
    return walk.first_of(Step{Layer::ethernet, behind(bytes, head2)}, first);
}

bool open_erspan3(Walk& walk, wire::Bytes bytes) {
    constexpr std::size_t head3 = 12, more = 8;
    constexpr unsigned as_ip = 2;
    if (bytes.size() < head3) return false;
    const unsigned kind = octet(bytes, 10) >> 2U & 0x1fU;
    const bool has_more = (octet(bytes, 11) & 1U) != 0;
    const wire::Bytes rest = behind(bytes, has_more ? head3 + more : head3);
    return walk.run({kind == as_ip ? Layer::raw : Layer::ethernet, rest});
}

}  // namespace

bool open_gre(Walk& walk, wire::Bytes bytes) {
    constexpr unsigned checksum = 0x8000, routes = 0x4000, key = 0x2000, sequence = 0x1000;
    if (bytes.size() < 4) return false;
    const unsigned flags = wire::be_at<std::uint16_t>(bytes, 0);
    const auto type = wire::be_at<std::uint16_t>(bytes, 2);
    const unsigned version = flags & 7U;
    if (version == 1 && type == type_ppp) return open_pptp(walk, bytes, flags);
    if (version != 0) return false;
    std::size_t at = 4;
    if ((flags & (checksum | routes)) != 0) at += 4;
    if ((flags & key) != 0) {
        if (bytes.size() < at + 4) return false;
        // RFC 7637 (NVGRE): the key's upper 24 bits are the virtual subnet.
        if (type == type_ethernet) walk.set_network(wire::be_at<std::uint32_t>(bytes, at) >> 8U);
        at += 4;
    }
    if ((flags & sequence) != 0) at += 4;
    wire::Bytes rest = behind(bytes, at);
    if ((flags & routes) != 0) rest = skip_routes(rest);
    switch (type) {
        case type_erspan:
            return open_erspan(walk, rest);
        case type_erspan3:
            return open_erspan3(walk, rest);
        case type_wccp:  // only version 2 has a header, of four octets
            return walk.first_of(Step{Layer::raw, rest}, Step{Layer::raw, behind(rest, 4)});
        default:
            return walk.run({Layer::ether_type, rest, type});
    }
}

}  // namespace ci::packets
