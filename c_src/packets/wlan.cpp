// IEEE 802.11 data frames, and the radio headers that a monitoring card puts before them.
//
//   control:2 duration:2 address:6 address:6 address:6 sequence:2 [address:6] [QoS:2] [HT:4] LLC
#include <algorithm>

#include "packets/octets.h"
#include "packets/walk.h"

namespace ci::packets {
namespace {

constexpr std::size_t shortest = 24;

/// Radiotap's flags tell whether the 802.11 header is padded to four octets (Atheros).
bool is_padded(wire::Bytes radiotap) {
    constexpr std::size_t fixed = 8;
    std::size_t at = 4;
    const auto present = wire::le_at<std::uint32_t>(radiotap, at);
    for (auto more = present; (more >> 31U) != 0;) {
        at += 4;
        if (at + 4 > radiotap.size()) return false;
        more = wire::le_at<std::uint32_t>(radiotap, at);
    }
    at += 4;
    if ((present & 2U) == 0) return false;
    if ((present & 1U) != 0) at = (at + fixed - 1) / fixed * fixed + fixed;  // the TSFT field
    return at < radiotap.size() && (octet(radiotap, at) & 0x20U) != 0;
}

}  // namespace

Step open_wlan(wire::Bytes bytes, Walk& walk) {
    if (bytes.size() < shortest) return {};
    const unsigned kind = octet(bytes, 0);
    const unsigned flags = octet(bytes, 1);
    constexpr unsigned data = 2;
    constexpr unsigned without_data = 0x40;
    if ((kind >> 2U & 3U) != data || (kind & without_data) != 0) {
        return {Layer::none, {}, 0, Fate::wlan_control};
    }
    if ((flags & 0x40U) != 0) return {Layer::none, {}, 0, Fate::encrypted};
    const bool to_network = (flags & 1U) != 0;
    const bool from_network = (flags & 2U) != 0;
    const bool has_qos = (kind & 0x80U) != 0;
    std::size_t head = shortest + (to_network && from_network ? 6U : 0U);
    if (bytes.size() < head + 2) return {};
    const bool is_aggregate = has_qos && (octet(bytes, head) & 0x80U) != 0;
    if (has_qos) head += 2;
    if (has_qos && (flags & 0x80U) != 0) head += 4;
    walk.link().set_addresses(bytes.subspan(to_network ? 16 : 4, 6),
                              bytes.subspan(from_network ? (to_network ? 24 : 16) : 10, 6));
    const wire::Bytes body = behind(bytes, head);
    // to:6 from:6 length:2: only the first frame of an aggregate is taken.
    return {Layer::llc, is_aggregate ? behind(body, 14) : body};
}

Step open_radio(Layer layer, wire::Bytes bytes) {
    constexpr std::size_t prism = 144;
    if (bytes.size() < 8) return {};
    switch (layer) {
        case Layer::radiotap: {
            const std::size_t head = wire::le_at<std::uint16_t>(bytes, 2);
            if (head < 8 || head > bytes.size()) return {};
            if (!is_padded(bytes.first(head))) return {Layer::wlan, bytes.subspan(head)};
            // Only headers of 26 octets need the padding.
            const wire::Bytes frame = bytes.subspan(head);
            if (frame.size() < shortest + 4 || (octet(frame, 0) & 0x8cU) != 0x88) {
                return {Layer::wlan, frame};
            }
            const bool four = (octet(frame, 1) & 3U) == 3;
            return {Layer::llc, behind(frame, four ? 32 : 28)};
        }
        case Layer::prism:
            // Some drivers put AVS's header under this link type.
            if (wire::be_at<std::uint32_t>(bytes, 0) >> 12U == 0x80211U) {
                return {Layer::avs, bytes};
            }
            return {Layer::wlan, behind(bytes, prism)};
        case Layer::avs:
            return {Layer::wlan, behind(bytes, wire::be_at<std::uint32_t>(bytes, 4))};
        default:
            return {};
    }
}

}  // namespace ci::packets
