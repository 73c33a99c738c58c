#include "packets/ip.h"

#include <algorithm>

namespace ci::packets {
namespace {

constexpr std::size_t ipv4_head = 20;
constexpr std::size_t ipv6_head = 40;

std::uint8_t byte_at(wire::Bytes bytes, std::size_t at) {
    return std::to_integer<std::uint8_t>(bytes[at]);
}
/// The only extension header that IPv4 shares. Its length counts 4-octet words (RFC 4302), that of
/// the others 8-octet units.
constexpr std::uint8_t authentication = 51;

wire::Address address_at(wire::Bytes bytes, std::size_t at, wire::Family family) {
    wire::Address address;
    address.family = family;
    const std::size_t size = family == wire::Family::ipv4 ? 4 : 16;
    for (std::size_t i = 0; i < size; ++i) address.bytes.at(i) = byte_at(bytes, at + i);
    return address;
}

/// `length` 0: the packet was captured before the network card segmented it, and has no length yet.
void set_payload(IpPacket& packet, wire::Bytes rest, std::size_t length) {
    if (length == 0) length = rest.size();
    packet.is_cut = length > rest.size();
    packet.payload = rest.first(std::min(length, rest.size()));
    packet.missing = length - packet.payload.size();
}

wire::expected<IpPacket, IpReason> read_ipv4(wire::Bytes bytes) {
    if (bytes.size() < ipv4_head) return IpReason::cut;
    const std::size_t head = std::size_t{byte_at(bytes, 0) & 0xfU} * 4;
    const std::size_t total = wire::be_at<std::uint16_t>(bytes, 2);
    if (head < ipv4_head || (total != 0 && total < head)) return IpReason::bad_length;
    if (bytes.size() < head) return IpReason::cut;
    IpPacket packet;
    packet.source = address_at(bytes, 12, wire::Family::ipv4);
    packet.destination = address_at(bytes, 16, wire::Family::ipv4);
    packet.protocol = byte_at(bytes, 9);
    packet.trace.ip_id = wire::be_at<std::uint16_t>(bytes, 4);
    packet.trace.ttl = byte_at(bytes, 8);
    if (total == head) return packet;
    set_payload(packet, bytes.subspan(head), total == 0 ? 0 : total - head);
    const auto place = wire::be_at<std::uint16_t>(bytes, 6);
    const bool more = (place & 0x2000U) != 0;
    const std::size_t offset = std::size_t{place & 0x1fffU} * 8;
    if (more || offset != 0) {
        packet.fragment = Fragment{wire::be_at<std::uint16_t>(bytes, 4), offset, more};
        return packet;  // its headers are whole once it is
    }
    if (const auto broken = skip_extensions(packet)) return *broken;
    return packet;
}

wire::expected<IpPacket, IpReason> read_ipv6(wire::Bytes bytes) {
    if (bytes.size() < ipv6_head) return IpReason::cut;
    IpPacket packet;
    packet.source = address_at(bytes, 8, wire::Family::ipv6);
    packet.destination = address_at(bytes, 24, wire::Family::ipv6);
    packet.protocol = byte_at(bytes, 6);
    packet.trace.ttl = byte_at(bytes, 7);
    set_payload(packet, bytes.subspan(ipv6_head), wire::be_at<std::uint16_t>(bytes, 4));
    if (const auto broken = skip_extensions(packet)) return *broken;
    return packet;
}

}  // namespace

std::optional<IpReason> skip_extensions(IpPacket& packet) noexcept {
    constexpr std::uint8_t fragment = 44;
    constexpr std::uint8_t of_ipv6[] = {0, 43, fragment, 60, 135, 139, 140};
    const bool is_ipv6 = packet.source.family == wire::Family::ipv6;
    for (;;) {
        const bool is_other = is_ipv6 && std::find(std::begin(of_ipv6), std::end(of_ipv6),
                                                   packet.protocol) != std::end(of_ipv6);
        if (!is_other && packet.protocol != authentication) return std::nullopt;
        const wire::Bytes rest = packet.payload;
        const auto too_short = packet.is_cut ? IpReason::cut : IpReason::bad_length;
        if (rest.size() < 8) return too_short;
        const std::size_t count = byte_at(rest, 1);
        const std::size_t size = packet.protocol == fragment         ? 8
                                 : packet.protocol == authentication ? (count + 2) * 4
                                                                     : (count + 1) * 8;
        if (rest.size() < size) return too_short;
        const bool is_fragment = is_ipv6 && packet.protocol == fragment;
        packet.protocol = byte_at(rest, 0);
        packet.payload = rest.subspan(size);
        if (!is_fragment) continue;
        const auto place = wire::be_at<std::uint16_t>(rest, 2);
        const Fragment found{wire::be_at<std::uint32_t>(rest, 4), place & 0xfff8U,
                             (place & 1U) != 0};
        if (found.offset == 0 && !found.more) continue;  // the whole of it (RFC 6946)
        packet.fragment = found;
        packet.trace.ip_id = found.id;
        return std::nullopt;  // its headers are whole once it is
    }
}

wire::expected<IpPacket, IpReason> read_ip(wire::Bytes bytes) noexcept {
    if (bytes.empty()) return IpReason::cut;
    const unsigned version = byte_at(bytes, 0) >> 4U;
    if (version == 4) return read_ipv4(bytes);
    if (version == 6) return read_ipv6(bytes);
    return IpReason::not_ip;
}

}  // namespace ci::packets
