#include "packets/exported_pdu.h"

#include <algorithm>

namespace ci::packets {
namespace {

void set_address(wire::Bytes value, wire::Address& address) {
    if (value.size() != 4 && value.size() != 16) return;
    address.family = value.size() == 4 ? wire::Family::ipv4 : wire::Family::ipv6;
    std::transform(value.begin(), value.end(), address.bytes.begin(),
                   [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
}

std::uint32_t number(wire::Bytes value) {
    return value.size() == 4 ? wire::be_at<std::uint32_t>(value, 0) : 0;
}

std::uint8_t protocol_of(std::uint32_t port_type) {
    switch (port_type) {
        case 1:
            return 132;
        case 2:
            return 6;
        case 3:
            return 17;
        default:
            return 0;
    }
}

}  // namespace

std::optional<ExportedPdu> read_exported_pdu(wire::Bytes frame) {
    ExportedPdu pdu;
    for (;;) {
        if (frame.size() < 4) return std::nullopt;
        const auto tag = wire::be_at<std::uint16_t>(frame, 0);
        const std::size_t length = wire::be_at<std::uint16_t>(frame, 2);
        if (frame.size() < 4 + length) return std::nullopt;
        const wire::Bytes value = frame.subspan(4, length);
        frame = frame.subspan(4 + length);
        switch (tag) {
            case 0:
                pdu.bytes = frame;
                return pdu;
            case 20:
            case 22:
                set_address(value, pdu.source.address);
                break;
            case 21:
            case 23:
                set_address(value, pdu.destination.address);
                break;
            case 24:
                pdu.protocol = protocol_of(number(value));
                break;
            case 25:
                pdu.source.port = static_cast<std::uint16_t>(number(value));
                break;
            case 26:
                pdu.destination.port = static_cast<std::uint16_t>(number(value));
                break;
            default:
                break;
        }
    }
}

}  // namespace ci::packets
