#include "sources/recording.h"

#include "wire/reader.h"

namespace ci::sources {

wire::Result<std::vector<Record>, RecordingReason> read_recording(std::string_view file) {
    constexpr std::size_t head = 12;
    std::vector<Record> records;
    for (std::size_t at = 0; at < file.size();) {
        const std::string_view rest = file.substr(at);
        const wire::Rejection<RecordingReason> cut{RecordingReason::cut_short, at};
        if (rest.size() < head) return cut;
        const std::size_t length = wire::be_at<std::uint32_t>(wire::as_bytes(rest), 0);
        if (rest.size() - head < length) return cut;
        const auto arrival = wire::be_at<std::uint64_t>(wire::as_bytes(rest), 4);
        records.push_back({static_cast<wire::Micros>(arrival), rest.substr(head, length)});
        at += head + length;
    }
    return records;
}

}  // namespace ci::sources
