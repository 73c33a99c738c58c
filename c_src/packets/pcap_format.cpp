#include "packets/pcap_format.h"

#include <algorithm>
#include <array>

namespace ci::packets {

std::optional<PcapFormat> PcapFormat::of(wire::Bytes magic) {
    struct Row {
        std::uint32_t magic;
        std::uint32_t per_micro;
        std::size_t head;
    };
    constexpr Row rows[] = {
        {0xa1b2c3d4, 1, 16},
        {0xa1b23c4d, 1'000, 16},
        {0xa1b2cd34, 1, 24},  // Kuznetzov's adds interface, protocol and kind to each frame's head
    };
    for (const bool is_big : {false, true}) {
        PcapFormat format;
        format.order_ = ByteOrder(is_big);
        const auto found = format.order_.at<std::uint32_t>(magic, 0);
        for (const Row& row : rows) {
            if (row.magic != found) continue;
            format.per_micro_ = row.per_micro;
            format.head_ = row.head;
            return format;
        }
    }
    return std::nullopt;
}

bool PcapFormat::begin(FileInput& input, std::string& trouble) {
    std::array<std::byte, 20> rest{};
    if (!input.fill(rest)) {
        trouble = "truncated dump file: it ends within its head";
        return false;
    }
    const auto major = order_.at<std::uint16_t>(rest, 0);
    const auto minor = order_.at<std::uint16_t>(rest, 2);
    if (major < 2) {
        trouble = "a pcap file of version " + std::to_string(major) + " cannot be read";
        return false;
    }
    // Before version 2.3 a frame's length stood before its captured length. In 2.3 some writers
    // still had this order, and DIGITAL UNIX kept it.
    if (major == 2 && minor < 3) lengths_ = Lengths::captured_last;
    if (major == 2 && minor == 3) lengths_ = Lengths::unsure;
    if (major == 543) lengths_ = Lengths::captured_last;
    // The upper half tells whether frames end with a checksum.
    link_type_ = static_cast<int>(order_.at<std::uint32_t>(rest, 16) & 0xffffU);
    return true;
}

RecordState PcapFormat::next(FileInput& input, std::vector<std::byte>& frame, Record& record,
                             std::string& trouble) {
    std::array<std::byte, 24> head{};
    if (!input.fill(std::span(head).first(head_))) {
        if (input.is_between()) return RecordState::end;
        trouble = ends_within;
        return RecordState::failed;
    }
    auto captured = order_.at<std::uint32_t>(head, 8);
    const auto length = order_.at<std::uint32_t>(head, 12);
    const bool is_turned =
        lengths_ == Lengths::captured_last || (lengths_ == Lengths::unsure && captured > length);
    if (is_turned) captured = length;
    if (captured > max_frame) {
        trouble = damaged_at(input.at() - head_);
        return RecordState::failed;
    }
    const std::int64_t second = order_.at<std::uint32_t>(head, 0);
    const std::int64_t micros =
        std::min<std::uint32_t>(order_.at<std::uint32_t>(head, 4) / per_micro_, 999'999);
    record.at = second * 1'000'000 + micros;
    record.link_type = link_type_;
    if (read_octets(input, captured, frame, record)) return RecordState::frame;
    trouble = ends_within;
    return RecordState::failed;
}

}  // namespace ci::packets
