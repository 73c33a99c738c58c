#include "packets/capture_file.h"

#include <array>

namespace ci::packets {

bool CaptureFile::open() {
    std::array<std::byte, 4> magic{};
    if (!input_.fill(magic)) {
        trouble_ = input_.is_between() ? "truncated dump file: it is empty"
                                       : "truncated dump file: it ends within its head";
        return false;
    }
    if (wire::be_at<std::uint32_t>(magic, 0) == PcapngFormat::section_header) {
        return format_.emplace<PcapngFormat>().begin(input_, trouble_);
    }
    const auto pcap = PcapFormat::of(magic);
    if (!pcap) {
        trouble_ = "unknown file format";
        return false;
    }
    return format_.emplace<PcapFormat>(*pcap).begin(input_, trouble_);
}

RecordState CaptureFile::next(Record& frame) {
    return std::visit([&](auto& format) { return format.next(input_, frame_, frame, trouble_); },
                      format_);
}

std::optional<int> CaptureFile::link_type() const {
    const auto* const pcap = std::get_if<PcapFormat>(&format_);
    if (pcap == nullptr) return std::nullopt;
    return pcap->link_type();
}

}  // namespace ci::packets
