#include "packets/tunnels.h"

#include <algorithm>

#include "packets/gre.h"
#include "packets/octets.h"

namespace ci::packets {
namespace {

constexpr std::size_t vxlan_head = 8;

/// flags:1 0:3 network:3 0:1. The group policy extension has further flags, and a group.
bool open_vxlan(Walk& walk, wire::Bytes bytes) {
    if (bytes.size() < vxlan_head || (octet(bytes, 0) & 0x08U) == 0) return false;
    walk.set_network(wire::be_at<std::uint32_t>(bytes, 4) >> 8U);
    const wire::Bytes rest = behind(bytes, vxlan_head);
    const bool has_next_protocol = (octet(bytes, 0) & 0x04U) != 0;
    if (!has_next_protocol) return walk.run({Layer::ethernet, rest});
    return walk.run(open_next_protocol(octet(bytes, 3), rest));
}

/// version:2 options:6 flags:8 type:2 network:3 0:1 options
bool open_geneve(Walk& walk, wire::Bytes bytes) {
    if (bytes.size() < 8 || octet(bytes, 0) >> 6U != 0 || octet(bytes, 7) != 0) return false;
    const std::size_t options = std::size_t{octet(bytes, 0) & 0x3fU} * 4;
    walk.set_network(wire::be_at<std::uint32_t>(bytes, 4) >> 8U);
    return walk.run(
        {Layer::ether_type, behind(bytes, 8 + options), wire::be_at<std::uint16_t>(bytes, 2)});
}

/// flags:1 kind:1 length:2 tunnel:4 [sequence:2 0:1 extension:1 (length:1 ... extension:1)*]
bool open_gtp(Walk& walk, wire::Bytes bytes) {
    constexpr unsigned version1 = 0x30, carries = 0xff;
    if (bytes.size() < 8 || (octet(bytes, 0) & 0xf0U) != version1) return false;
    if (octet(bytes, 1) != carries) return false;
    if (wire::be_at<std::uint16_t>(bytes, 2) + std::size_t{8} < bytes.size()) return false;
    std::size_t at = 8;
    if ((octet(bytes, 0) & 7U) != 0) {
        if (bytes.size() < 12) return false;
        unsigned extension = (octet(bytes, 0) & 4U) != 0 ? octet(bytes, 11) : 0;
        at = 12;
        while (extension != 0) {
            if (at >= bytes.size()) return false;
            const std::size_t length = octet(bytes, at) * std::size_t{4};
            if (length == 0 || at + length > bytes.size()) return false;
            at += length;
            extension = octet(bytes, at - 1);
        }
    }
    const wire::Bytes rest = behind(bytes, at);
    return walk.first_of(Step{Layer::raw, rest}, Step{Layer::ethernet, rest});
}

/// 1:1 kind:1 encapsulated:2 (tag:1 length:1 value)*, of which 0 (padding) and 1 (the end) have no
/// length.
bool open_tzsp(Walk& walk, wire::Bytes bytes) {
    if (bytes.size() < 5 || octet(bytes, 0) != 1 || octet(bytes, 1) > 2) return false;
    struct Row {
        std::uint16_t number;
        Layer layer;
    };
    constexpr Row rows[] = {{1, Layer::ethernet}, {2, Layer::token_ring}, {4, Layer::ppp},
                            {5, Layer::fddi},     {7, Layer::raw},        {18, Layer::wlan},
                            {119, Layer::prism},  {127, Layer::avs}};
    const auto number = wire::be_at<std::uint16_t>(bytes, 2);
    const auto* const row = std::find_if(std::begin(rows), std::end(rows),
                                         [&](const Row& one) { return one.number == number; });
    if (row == std::end(rows)) return false;
    constexpr unsigned padding = 0, end = 1;
    std::size_t at = 4;
    while (at < bytes.size() && octet(bytes, at) != end) {
        if (octet(bytes, at) == padding) {
            ++at;
        } else if (at + 1 < bytes.size()) {
            at += 2 + octet(bytes, at + 1);
        } else {
            return false;
        }
    }
    return walk.run({row->layer, behind(bytes, at + 1)});
}

/// The header tells neither the cookie's length nor the payload's kind (RFC 3931 4.1).
bool open_l2tp3_session(Walk& walk, wire::Bytes bytes) {
    for (const std::size_t cookie : {0U, 4U, 8U}) {
        const wire::Bytes rest = behind(bytes, 4 + cookie);
        for (const wire::Bytes frame : {rest, behind(rest, 4)}) {
            const Step ethernet{Layer::ethernet, frame};
            const bool is_framed_ppp =
                frame.size() > 2 && octet(frame, 0) == 0xff && octet(frame, 1) == 0x03;
            if (walk.run_to_ip(is_framed_ppp ? Step{Layer::ppp, frame} : ethernet)) return true;
        }
    }
    return false;
}

bool open_l2tp(Walk& walk, wire::Bytes bytes) {
    if (bytes.size() < 6) return false;
    const unsigned flags = wire::be_at<std::uint16_t>(bytes, 0);
    constexpr unsigned control = 0x8000, has_length = 0x4000, has_sequence = 0x0800,
                       has_offset = 0x0200, unused = 0x34f0;
    const unsigned version = flags & 15U;
    if ((flags & control) != 0) return false;
    if (version == 3) return open_l2tp3_session(walk, behind(bytes, 4));
    if (version != 2 || (flags & unused) != 0) return false;
    std::size_t at = (flags & has_length) != 0 ? 8 : 6;
    if ((flags & has_sequence) != 0) at += 4;
    if ((flags & has_offset) != 0) {
        if (bytes.size() < at + 2) return false;
        at += 2 + std::size_t{wire::be_at<std::uint16_t>(bytes, at)};
    }
    return walk.run({Layer::ppp, behind(bytes, at)});
}

/// preamble:1, head:5 bits of words, radio:5, binding:5, flags: among them whether the frame is
/// 802.11's or Ethernet's, and whether it is a part of one.
bool open_capwap(Walk& walk, wire::Bytes bytes) {
    if (bytes.size() < 8 || octet(bytes, 0) >> 4U != 0) return false;
    if ((octet(bytes, 0) & 15U) == 1) return walk.run({Layer::none, {}, 0, Fate::encrypted});
    const std::size_t head = (octet(bytes, 1) >> 3U) * std::size_t{4};
    const bool is_native = (octet(bytes, 2) & 1U) != 0;
    const bool is_part = (octet(bytes, 3) & 0x80U) != 0;
    if (head < 8 || is_part) return false;
    const wire::Bytes frame = behind(bytes, head);
    if (!is_native) return walk.run({Layer::ethernet, frame});
    if (walk.run({Layer::wlan, frame}) && !walk.inside().ip.empty()) return true;
    // Cisco swaps the two octets of the frame control.
    const std::size_t qos =
        !frame.empty() && frame.size() > 1 && (octet(frame, 1) & 0x80U) != 0 ? 2 : 0;
    return walk.run({Layer::llc, behind(frame, 24 + qos)});
}

/// The packet's length by its header. Precondition: looks_like_ip().
std::size_t ip_length(wire::Bytes ip) {
    const bool is_ipv4 = octet(ip, 0) >> 4U == 4;
    return is_ipv4 ? wire::be_at<std::uint16_t>(ip, 2)
                   : 40 + std::size_t{wire::be_at<std::uint16_t>(ip, 4)};
}

/// Little else tells IP here, so it must end where the datagram ends, or later if that was cut.
bool open_whole_ip(Walk& walk, wire::Bytes bytes) {
    if (!looks_like_ip(bytes)) return false;
    const std::size_t length = ip_length(bytes);
    const bool fits = length == bytes.size() || (walk.is_cut() && length > bytes.size());
    return fits && walk.run({Layer::raw, bytes});
}

bool open_teredo(Walk& walk, wire::Bytes bytes) {
    constexpr std::size_t origin = 8;
    if (bytes.size() > 4 && octet(bytes, 0) == 0 && octet(bytes, 1) == 1) {
        bytes = behind(bytes, 13 + octet(bytes, 2) + octet(bytes, 3));  // authentication
    }
    if (bytes.size() > origin && octet(bytes, 0) == 0 && octet(bytes, 1) == 0) {
        bytes = behind(bytes, origin);
    }
    return !bytes.empty() && octet(bytes, 0) >> 4U == 6 && open_whole_ip(walk, bytes);
}

template <std::size_t count>
bool open_ip_behind(Walk& walk, wire::Bytes bytes) {
    return open_whole_ip(walk, behind(bytes, count));
}
template <std::size_t count>
bool open_ethernet_behind(Walk& walk, wire::Bytes bytes) {
    return walk.run({Layer::ethernet, behind(bytes, count)});
}
bool open_labels(Walk& walk, wire::Bytes bytes) {
    return walk.run({Layer::mpls, bytes});
}
bool open_udp_labels(Walk& walk, wire::Bytes bytes) {
    if (!open_labels(walk, bytes)) return false;
    const wire::Bytes ip = walk.inside().ip;
    return ip.empty() || walk.is_cut() || ip_length(ip) <= ip.size();
}

struct Row {
    std::uint16_t number;
    bool (*open)(Walk&, wire::Bytes);
};
constexpr Row protocols[] = {
    {47, open_gre},     {97, open_ethernet_behind<2>},  {115, open_l2tp3_session},
    {137, open_labels}, {143, open_ethernet_behind<0>},
};
constexpr Row ports[] = {
    {4789, open_vxlan},
    {8472, open_vxlan},
    {4790, open_vxlan},
    {6081, open_geneve},
    {2152, open_gtp},
    {37008, open_tzsp},
    {1701, open_l2tp},
    {4754, open_gre},
    {6635, open_udp_labels},
    {4341, open_ip_behind<8>},
    {3544, open_teredo},
    {5247, open_capwap},
    {7932, open_ethernet_behind<12>},
    {30030, open_ip_behind<8>},
};

}  // namespace

std::optional<Inside> open_protocol(std::uint8_t protocol, wire::Bytes bytes) {
    for (const Row& row : protocols) {
        if (row.number != protocol) continue;
        Walk walk;
        (void)row.open(walk, bytes);
        return walk.inside();
    }
    return std::nullopt;
}

std::optional<Inside> open_udp(std::uint16_t source, std::uint16_t destination, wire::Bytes bytes,
                               bool is_cut) {
    for (const Row& row : ports) {
        if (row.number != destination && row.number != source) continue;
        Walk walk(is_cut);
        if (row.open(walk, bytes)) return walk.inside();
    }
    return std::nullopt;
}

}  // namespace ci::packets
