#include "packets/link.h"

#include <algorithm>
#include <iterator>

namespace ci::packets {
namespace {

constexpr bool is_tag(std::uint16_t type) {
    return type == 0x8100 || type == 0x88a8 || type == 0x9100;
}
constexpr bool is_ip(std::uint16_t type) {
    return type == 0x0800 || type == 0x86dd;
}

/// `type_at`: where the EtherType stands; tags and IP follow it.
wire::Bytes strip_ethertype(wire::Bytes frame, std::size_t type_at) {
    for (;;) {
        if (frame.size() < type_at + 2) return {};
        const auto type = wire::be_at<std::uint16_t>(frame, type_at);
        if (is_ip(type)) return frame.subspan(type_at + 2);
        if (!is_tag(type)) return {};
        type_at += 4;
    }
}

wire::Bytes strip_cooked2(wire::Bytes frame) {
    constexpr std::size_t head = 20;
    if (frame.size() < head) return {};
    const auto type = wire::be_at<std::uint16_t>(frame, 0);
    if (is_ip(type)) return frame.subspan(head);
    return is_tag(type) ? strip_ethertype(frame, head + 2) : wire::Bytes();
}

/// The systems have numbers of their own for IPv6.
wire::Bytes strip_bsd(wire::Bytes frame) {
    if (frame.size() < 4) return {};
    const auto be = wire::be_at<std::uint32_t>(frame, 0);
    const auto family = be > 0xffff ? wire::le_at<std::uint32_t>(frame, 0) : be;
    constexpr std::uint32_t families[] = {2, 10, 23, 24, 28, 30};
    const bool known =
        std::find(std::begin(families), std::end(families), family) != std::end(families);
    return known ? frame.subspan(4) : wire::Bytes();
}

}  // namespace

std::optional<Link> link_of(int number) noexcept {
    struct Row {
        int number;
        Link link;
    };
    // Raw IP: 12 and 14 are the systems' own numbers for what files call 101.
    constexpr Row rows[] = {{0, Link::bsd},      {1, Link::ethernet}, {12, Link::raw},
                            {14, Link::raw},     {101, Link::raw},    {108, Link::bsd},
                            {113, Link::cooked}, {228, Link::raw},    {229, Link::raw},
                            {276, Link::cooked2}};
    for (const Row& row : rows) {
        if (row.number == number) return row.link;
    }
    return std::nullopt;
}

wire::Bytes strip_link(Link link, wire::Bytes frame) noexcept {
    switch (link) {
        case Link::ethernet:
            return strip_ethertype(frame, 12);
        case Link::cooked:
            return strip_ethertype(frame, 14);
        case Link::cooked2:
            return strip_cooked2(frame);
        case Link::bsd:
            return strip_bsd(frame);
        case Link::raw:
            break;
    }
    return frame;
}

}  // namespace ci::packets
