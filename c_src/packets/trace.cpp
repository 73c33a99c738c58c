#include "packets/trace.h"

namespace ci::packets {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

void append_address(const std::array<std::uint8_t, 6>& address, std::string& out) {
    if (address == std::array<std::uint8_t, 6>{}) return;
    for (const std::uint8_t octet : address) {
        out += hex[octet >> 4U];
        out += hex[octet & 15U];
    }
}

}  // namespace

void append(const LinkTrace& link, std::string& out) {
    if (link == LinkTrace{}) return;
    append_address(link.source, out);
    out += '>';
    append_address(link.destination, out);
    for (const std::uint16_t vlan : link.vlans) {
        if (vlan == 0) break;
        out += '/';
        out += std::to_string(vlan);
    }
}

}  // namespace ci::packets
