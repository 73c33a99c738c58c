#include "hep/hep12.h"

#include <algorithm>
#include <utility>

#include "hep/payload.h"
#include "hep/stamp.h"

namespace ci::hep {
namespace {

using wire::Bytes;

/// The number is the sender's: AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 and 30 on the BSDs
/// and macOS, 26 on Solaris.
wire::Family family_of(std::uint8_t number) noexcept {
    switch (number) {
        case 2:
            return wire::Family::ipv4;
        case 10:
        case 23:
        case 24:
        case 26:
        case 28:
        case 30:
            return wire::Family::ipv6;
        default:
            return wire::Family::none;
    }
}

wire::Address read_address(wire::Family family, Bytes bytes) noexcept {
    wire::Address address{family, {}};
    std::transform(bytes.begin(), bytes.end(), address.bytes.begin(),
                   [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return wire::unmapped(address);
}

struct TimeBlock {
    std::uint32_t seconds = 0;
    std::uint32_t micros = 0;
    std::uint16_t capture_id = 0;

    [[nodiscard]] std::optional<wire::Micros> time() const noexcept {
        return stamp(seconds, micros);
    }
    /// The smaller, the likelier. In the wrong byte order, a time is hardly ever near the arrival,
    /// and its microseconds are hardly ever below a million.
    [[nodiscard]] std::pair<int, wire::Micros> doubt(wire::Micros arrival) const noexcept {
        constexpr wire::Micros day = wire::Micros{86'400} * 1'000'000;
        const auto read = time();
        if (!read) return {4, 0};
        const auto away = distance(*read, arrival);
        const int carried = micros < 1'000'000 ? 0 : 1;
        return {carried + (away < day ? 0 : 2), away};
    }
};

/// Senders copy their memory, so the byte order is that of their processor. The order that gives
/// the likelier time is taken.
void read_time_block(Bytes block, wire::Micros arrival, Capture& capture) noexcept {
    const TimeBlock little{wire::le_at<std::uint32_t>(block, 0),
                           wire::le_at<std::uint32_t>(block, 4),
                           wire::le_at<std::uint16_t>(block, 8)};
    const TimeBlock big{wire::be_at<std::uint32_t>(block, 0), wire::be_at<std::uint32_t>(block, 4),
                        wire::be_at<std::uint16_t>(block, 8)};
    const TimeBlock& read = big.doubt(arrival) < little.doubt(arrival) ? big : little;
    capture.captured_at = read.time();
    capture.bad_time = !capture.captured_at;
    capture.capture_id = read.capture_id;
}

}  // namespace

Result<Capture> decode_hep12(Bytes packet, wire::Micros arrival) noexcept {
    Capture capture;
    capture.version = std::to_integer<std::uint8_t>(packet[0]);
    capture.ip_protocol = std::to_integer<std::uint8_t>(packet[3]);
    capture.payload_type = PayloadType::sip;
    capture.size = packet.size();
    const auto family = family_of(std::to_integer<std::uint8_t>(packet[2]));
    if (family == wire::Family::none) return Rejection{Reason::bad_family, 2};

    const std::size_t address_size = family == wire::Family::ipv6 ? 16 : 4;
    const std::size_t time_at = hep12_addresses_at + 2 * address_size;
    std::size_t payload_at = time_at + (capture.version == 2 ? hep2_time_block : 0);
    if (packet.size() < payload_at) return Rejection{Reason::truncated_header, packet.size()};
    if (packet.size() == payload_at) return Rejection{Reason::no_payload, packet.size()};

    capture.source = {read_address(family, packet.subspan(hep12_addresses_at, address_size)),
                      wire::be_at<std::uint16_t>(packet, hep12_ports_at)};
    capture.destination = {
        read_address(family, packet.subspan(hep12_addresses_at + address_size, address_size)),
        wire::be_at<std::uint16_t>(packet, hep12_ports_at + 2)};

    const auto text = wire::as_text(packet);
    if (capture.version == 2) {
        bool has_time = true;
        if (begins_with_sip(text.substr(payload_at - 2))) {
            payload_at -= 2;  // a packed struct, without the unused bytes behind the capture id
        } else if (begins_with_sip(text.substr(time_at)) &&
                   !begins_with_sip(skip_blanks(text.substr(payload_at)))) {
            payload_at = time_at;  // a version 1 packet with the version number 2
            has_time = false;
        }
        if (has_time) read_time_block(packet.subspan(time_at), arrival, capture);
    }
    capture.payload = text.substr(payload_at);
    return capture;
}

}  // namespace ci::hep
