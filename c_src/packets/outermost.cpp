// The layers that only a capture's link type names: no other layer contains them.
#include <algorithm>
#include <iterator>

#include "packets/octets.h"
#include "packets/walk.h"

namespace ci::packets {
namespace {

Step again(std::uint32_t link_type, wire::Bytes bytes) {
    const auto layer = link_of(static_cast<int>(link_type & 0x7fffffffU));
    if (!layer) return {Layer::none, {}, 0, Fate::link_type};
    return {*layer, bytes};
}

/// Handles the protocol field of Linux's "cooked" headers where it is not an EtherType.
Step open_cooked_protocol(unsigned hardware, std::uint16_t type, wire::Bytes bytes) {
    constexpr unsigned ppp = 512;
    constexpr unsigned none = 65'534;
    switch (type) {
        case 0x0004:
            return {Layer::llc, bytes};
        case 0x0007:
        case 0x0008:
            return {Layer::ppp, bytes};
        case 0x0000:
            if (hardware == ppp) return {Layer::ppp, bytes};
            return hardware == none ? Step{Layer::raw, bytes} : Step();
        default:
            return {Layer::ether_type, bytes, type};
    }
}

Step open_cooked(wire::Bytes bytes, Walk& walk) {
    constexpr std::size_t head = 16;
    if (bytes.size() < head) return {};
    if (wire::be_at<std::uint16_t>(bytes, 4) == 6) {
        walk.link().set_addresses({}, bytes.subspan(6, 6));
    }
    return open_cooked_protocol(wire::be_at<std::uint16_t>(bytes, 2),
                                wire::be_at<std::uint16_t>(bytes, 14), bytes.subspan(head));
}

Step open_cooked2(wire::Bytes bytes, Walk& walk) {
    constexpr std::size_t head = 20;
    if (bytes.size() < head) return {};
    if (octet(bytes, 11) == 6) walk.link().set_addresses({}, bytes.subspan(12, 6));
    return open_cooked_protocol(wire::be_at<std::uint16_t>(bytes, 8),
                                wire::be_at<std::uint16_t>(bytes, 0), bytes.subspan(head));
}

/// Each operating system has its own number for IPv6.
Step open_bsd(wire::Bytes bytes) {
    if (bytes.size() < 4) return {};
    const auto be = wire::be_at<std::uint32_t>(bytes, 0);
    const auto family = be > 0xffff ? wire::le_at<std::uint32_t>(bytes, 0) : be;
    constexpr std::uint32_t families[] = {2, 10, 23, 24, 28, 30};
    const bool known =
        std::find(std::begin(families), std::end(families), family) != std::end(families);
    return known ? Step{Layer::raw, bytes.subspan(4)} : Step();
}

Step open_ppi(wire::Bytes bytes) {
    if (bytes.size() < 8) return {};
    const std::size_t head = wire::le_at<std::uint16_t>(bytes, 2);
    return head < 8 ? Step() : again(wire::le_at<std::uint32_t>(bytes, 4), behind(bytes, head));
}

Step open_pktap(wire::Bytes bytes) {
    if (bytes.size() < 12) return {};
    const std::size_t head = wire::le_at<std::uint32_t>(bytes, 0);
    return head < 12 ? Step() : again(wire::le_at<std::uint32_t>(bytes, 8), behind(bytes, head));
}

/// Lengths are in the capturing machine's byte order, nearly always little-endian.
Step open_nflog(wire::Bytes bytes) {
    constexpr std::uint16_t payload = 9;
    bytes = behind(bytes, 4);
    while (bytes.size() >= 4) {
        const std::size_t length = wire::le_at<std::uint16_t>(bytes, 0);
        if (length < 4) return {};
        if ((wire::le_at<std::uint16_t>(bytes, 2) & 0x7fffU) == payload) {
            return {Layer::raw, bytes.subspan(4, std::min(length, bytes.size()) - 4)};
        }
        bytes = behind(bytes, (length + 3) / 4 * 4);
    }
    return {};
}

/// control:1 parameter:1 length:2 [extension] check:2
Step open_docsis(wire::Bytes bytes) {
    if (bytes.size() < 6) return {};
    const unsigned control = octet(bytes, 0);
    if ((control >> 6U) != 0) return {Layer::none, {}, 0, Fate::link_control};
    return {Layer::ethernet, behind(bytes, 6 + ((control & 1U) != 0 ? octet(bytes, 1) : 0U))};
}

/// access:1 control:1 to:6 from:6 [route], then LLC
Step open_token_ring(wire::Bytes bytes) {
    constexpr std::size_t head = 14;
    if (bytes.size() <= head) return {};
    if ((octet(bytes, 1) >> 6U) != 1) return {Layer::none, {}, 0, Fate::link_control};
    const bool is_routed = (octet(bytes, 8) & 0x80U) != 0;
    return {Layer::llc, behind(bytes, head + (is_routed ? octet(bytes, head) & 0x1fU : 0U))};
}

/// control:1 to:6 from:6, then LLC
Step open_fddi(wire::Bytes bytes) {
    if (bytes.size() < 13) return {};
    if ((octet(bytes, 0) & 0xf0U) != 0x50) return {Layer::none, {}, 0, Fate::link_control};
    return {Layer::llc, bytes.subspan(13)};
}

/// time:8 kind:1 flags:1 length:2 lost:2 wire:2 (extension:8)*
Step open_erf(wire::Bytes bytes) {
    constexpr std::size_t unit = 8;
    if (bytes.size() < 2 * unit) return {};
    const unsigned kind = octet(bytes, 8);
    bool more = (kind & 0x80U) != 0;
    bytes = bytes.subspan(2 * unit);
    while (more) {
        if (bytes.size() < unit) return {};
        more = (octet(bytes, 0) & 0x80U) != 0;
        bytes = bytes.subspan(unit);
    }
    switch (kind & 0x7fU) {
        case 1:
            return {Layer::hdlc, bytes};
        case 2:
        case 11:
        case 16:
        case 20:
            return {Layer::ethernet, behind(bytes, 2)};
        case 22:
        case 23:
            return {Layer::raw, bytes};
        default:
            return {};
    }
}

/// The switch's tag lies between the addresses and the EtherType.
Step open_switch_tag(wire::Bytes bytes, std::size_t tag, Walk& walk) {
    constexpr std::size_t addresses = 12;
    if (bytes.size() < addresses + tag + 2) return {};
    walk.link().set_addresses(bytes.first(6), bytes.subspan(6, 6));
    const auto type = wire::be_at<std::uint16_t>(bytes, addresses + tag);
    return {Layer::ether_type, bytes.subspan(addresses + tag + 2), type};
}

}  // namespace

Step open_outermost(Layer layer, wire::Bytes bytes, Walk& walk) {
    switch (layer) {
        case Layer::cooked:
            return open_cooked(bytes, walk);
        case Layer::cooked2:
            return open_cooked2(bytes, walk);
        case Layer::bsd:
            return open_bsd(bytes);
        case Layer::ppp_direction:
            return {Layer::ppp, behind(bytes, 1)};
        case Layer::hdlc_direction:
            return {Layer::hdlc, behind(bytes, 1)};
        case Layer::frame_relay_direction:
            return {Layer::frame_relay, behind(bytes, 1)};
        case Layer::ppi:
            return open_ppi(bytes);
        case Layer::pktap:
            return open_pktap(bytes);
        case Layer::nflog:
            return open_nflog(bytes);
        case Layer::ipnet:
            return {Layer::raw, behind(bytes, 24)};
        case Layer::docsis:
            return open_docsis(bytes);
        case Layer::token_ring:
            return open_token_ring(bytes);
        case Layer::fddi:
            return open_fddi(bytes);
        case Layer::erf:
            return open_erf(bytes);
        case Layer::skip_4:
            return {Layer::ethernet, behind(bytes, 4)};
        case Layer::skip_8:
            return {Layer::ethernet, behind(bytes, 8)};
        case Layer::skip_12:
            return {Layer::ethernet, behind(bytes, 12)};
        case Layer::switch_4:
            return open_switch_tag(bytes, 4, walk);
        case Layer::switch_8:
            return open_switch_tag(bytes, 8, walk);
        default:
            return {};
    }
}

std::optional<Link> link_of(int number) noexcept {
    struct Row {
        int number;
        Layer layer;
    };
    // 11, 12 and 14 are some systems' own numbers for LINKTYPE_ 100 and 101.
    constexpr Row rows[] = {
        {0, Layer::bsd},
        {1, Layer::ethernet},
        {6, Layer::token_ring},
        {9, Layer::ppp},
        {10, Layer::fddi},
        {11, Layer::llc},
        {12, Layer::raw},
        {14, Layer::raw},
        {50, Layer::ppp},
        {51, Layer::pppoe},
        {100, Layer::llc},
        {101, Layer::raw},
        {104, Layer::hdlc},
        {105, Layer::wlan},
        {107, Layer::frame_relay},
        {108, Layer::bsd},
        {113, Layer::cooked},
        {119, Layer::prism},
        {127, Layer::radiotap},
        {143, Layer::docsis},
        {163, Layer::avs},
        {166, Layer::ppp_direction},
        {192, Layer::ppi},
        {197, Layer::erf},
        {204, Layer::ppp_direction},
        {205, Layer::hdlc_direction},
        {206, Layer::frame_relay_direction},
        {219, Layer::mpls},
        {226, Layer::ipnet},
        {228, Layer::raw},
        {229, Layer::raw},
        {239, Layer::nflog},
        {240, Layer::skip_4},
        {241, Layer::skip_12},
        {252, Layer::exported_pdu},
        {258, Layer::pktap},
        {274, Layer::skip_8},
        {276, Layer::cooked2},
        {281, Layer::switch_4},
        {282, Layer::skip_4},
        {283, Layer::switch_4},
        {284, Layer::switch_8},
    };
    for (const Row& row : rows) {
        if (row.number == number) return row.layer;
    }
    return std::nullopt;
}

}  // namespace ci::packets
