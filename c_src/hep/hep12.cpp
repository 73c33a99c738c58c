#include "hep/hep12.h"

#include <algorithm>
#include <cstdlib>

#include "hep/payload.h"

namespace ci::hep {
namespace {

using wire::Bytes;

/// Captures are read far from where they were made: AF_INET6 is 10 on Linux, 23 on Windows, 24, 28
/// and 30 on the BSDs and macOS, 26 on Solaris.
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
    return address;
}

struct TimeBlock {
    std::int64_t seconds = 0;
    std::uint32_t micros = 0;
    std::uint16_t capture_id = 0;

    [[nodiscard]] bool is_valid() const noexcept { return micros < 1'000'000; }
    [[nodiscard]] std::int64_t seconds_from(wire::Micros arrival) const noexcept {
        return std::abs(seconds - arrival / 1'000'000);
    }
};

/// The senders copy their memory, so the byte order is their processor's: the one that gives a
/// time, and if both do, one near the arrival.
void read_time_block(Bytes block, wire::Micros arrival, Capture& capture) noexcept {
    const TimeBlock little{wire::le_at<std::uint32_t>(block, 0),
                           wire::le_at<std::uint32_t>(block, 4),
                           wire::le_at<std::uint16_t>(block, 8)};
    const TimeBlock big{wire::be_at<std::uint32_t>(block, 0), wire::be_at<std::uint32_t>(block, 4),
                        wire::be_at<std::uint16_t>(block, 8)};
    const bool is_big = big.is_valid() && (!little.is_valid() || big.seconds_from(arrival) <
                                                                     little.seconds_from(arrival));
    const TimeBlock& block_read = is_big ? big : little;
    if (block_read.is_valid() && block_read.seconds != 0) {
        capture.captured_at = block_read.seconds * 1'000'000 + block_read.micros;
        capture.capture_id = block_read.capture_id;
    } else {
        capture.bad_time = true;
        capture.capture_id = little.capture_id;
    }
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
            payload_at -= 2;  // a packed struct: no unused bytes behind the capture id
        } else if (begins_with_sip(text.substr(time_at)) &&
                   !begins_with_sip(skip_blanks(text.substr(payload_at)))) {
            payload_at = time_at;  // a version 1 packet that calls itself 2
            has_time = false;
        }
        if (has_time) read_time_block(packet.subspan(time_at), arrival, capture);
    }
    capture.payload = text.substr(payload_at);
    return capture;
}

}  // namespace ci::hep
