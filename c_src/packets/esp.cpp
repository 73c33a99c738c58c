#include "packets/esp.h"

#include "packets/octets.h"
#include "packets/walk.h"

namespace ci::packets {
namespace {

constexpr std::size_t head = 8;

bool is_padding(wire::Bytes bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (octet(bytes, i) != i + 1) return false;
    }
    return true;
}

bool can_be(unsigned protocol, wire::Bytes payload) {
    switch (protocol) {
        case 6: {
            if (payload.size() < 20) return false;
            const std::size_t tcp_head = (octet(payload, 12) >> 4U) * std::size_t{4};
            return tcp_head >= 20 && tcp_head <= payload.size() && (octet(payload, 12) & 14U) == 0;
        }
        case 17:
            return payload.size() >= 8 && wire::be_at<std::uint16_t>(payload, 4) == payload.size();
        case 4:
        case 41:
            return looks_like_ip(payload);
        default:
            return false;
    }
}

}  // namespace

std::optional<IpPacket> open_esp(const IpPacket& packet) {
    constexpr std::size_t trailer = 2;
    for (const std::size_t check : {12U, 16U, 0U, 24U, 32U}) {
        if (packet.payload.size() < head + trailer + check) continue;
        const wire::Bytes rest = packet.payload.first(packet.payload.size() - check);
        const std::size_t padding = octet(rest, rest.size() - 2);
        if (padding > rest.size() - head - trailer) continue;
        const std::size_t size = rest.size() - head - trailer - padding;
        const unsigned protocol = octet(rest, rest.size() - 1);
        if (!is_padding(rest.subspan(head + size, padding))) continue;
        if (!can_be(protocol, rest.subspan(head, size))) continue;
        IpPacket inner = packet;
        inner.protocol = static_cast<std::uint8_t>(protocol);
        inner.payload = rest.subspan(head, size);
        return inner;
    }
    return std::nullopt;
}

}  // namespace ci::packets
