#include "hep/hep.h"

#include "hep/hep12.h"
#include "hep/hep3.h"

namespace ci::hep {
namespace {

using wire::Bytes;

constexpr std::size_t stun_head = 20;
constexpr std::uint32_t stun_cookie = 0x2112a442;  // RFC 8489 5
constexpr std::size_t longest_keepalive = 4;
constexpr std::size_t hep12_least = 16;

bool is_stun(Bytes bytes) noexcept {
    return bytes.size() >= stun_head && (bytes[0] & std::byte{0xc0}) == std::byte{0} &&
           wire::be_at<std::uint32_t>(bytes, 4) == stun_cookie &&
           wire::be_at<std::uint16_t>(bytes, 2) == bytes.size() - stun_head;
}

bool is_hep12(Bytes bytes) noexcept {
    return bytes.size() >= hep12_least && (bytes[0] == std::byte{1} || bytes[0] == std::byte{2});
}

bool is_keepalive(Bytes bytes) noexcept {
    return bytes.size() <= longest_keepalive ||
           wire::as_text(bytes).find_first_not_of(std::string_view("\r\n \0", 4)) ==
               std::string_view::npos;
}

}  // namespace

Result<Capture> decode(Bytes datagram, wire::Micros arrival) noexcept {
    if (has_hep3_magic(datagram)) return decode_hep3(datagram);
    if (is_stun(datagram)) return Rejection{Reason::stun, 0};
    if (is_hep12(datagram)) return decode_hep12(datagram, arrival);
    if (is_keepalive(datagram)) return Rejection{Reason::keepalive, 0};
    return Rejection{Reason::unknown_magic, 0};
}

Bytes next_packet(Bytes& datagram) noexcept {
    const Bytes all = datagram;
    datagram = {};
    if (!has_hep3_magic(all) || all.size() < hep3_packet_head) return all;
    const std::size_t total = wire::be_at<std::uint16_t>(all, 4);
    if (total < hep3_packet_head || total >= all.size()) return all;
    if (!has_hep3_magic(all.subspan(total))) return all;
    datagram = all.subspan(total);
    return all.first(total);
}

}  // namespace ci::hep
