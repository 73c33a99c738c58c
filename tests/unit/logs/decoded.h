// Records of a decoder as a test can keep and compare them.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "logs/record.h"
#include "support/md_cases.h"

namespace ci::logs {

/// A record with its own memory.
struct Kept {
    test::Expected members;
    wire::Micros at = 0;
    friend bool operator==(const Kept&, const Kept&) = default;
    [[nodiscard]] const std::string& operator[](const std::string& name) const {
        return members.at(name);
    }
};
inline void PrintTo(const Kept& kept, std::ostream* out) {
    for (const auto& [name, value] : kept.members) *out << name << "=\"" << value << "\" ";
}

inline Kept keep(const Record& record) {
    constexpr std::string_view kinds[] = {"message", "observed", "event"};
    const auto text = [](std::string_view view) { return std::string(view); };
    const auto yes_no = [](bool value) { return std::string(value ? "yes" : "no"); };
    return {{{"kind", text(kinds[static_cast<std::size_t>(record.kind)])},
             {"position", std::to_string(record.position)},
             {"at", std::to_string(record.time.at)},
             {"resolution", std::to_string(record.time.resolution)},
             {"zone_unsure", yes_no(record.time.zone_unsure)},
             {"host", text(record.host)},
             {"call_id", text(record.call_id)},
             {"text", text(record.text)},
             {"label", text(record.label)},
             {"c_seq", text(record.c_seq)},
             {"method", text(record.method)},
             {"src", wire::to_string(record.src)},
             {"dst", wire::to_string(record.dst)},
             {"protocol", std::to_string(record.ip_protocol)},
             {"sent", yes_no(record.is_sent)},
             {"truncated", yes_no(record.is_truncated)}},
            record.time.at};
}

struct Decoded {
    std::vector<Kept> records;
    test::Expected lines;
    friend bool operator==(const Decoded&, const Decoded&) = default;
};

using MakeDecoder = std::function<std::unique_ptr<Decoder>(RecordSink)>;

inline test::Expected counts_of(const Decoder& decoder) {
    test::Expected counts;
    for (const auto& [name, count] : decoder.lines()) {
        counts[std::string(name)] = std::to_string(count);
    }
    return counts;
}

/// Feeds the log in pieces of `piece` octets, all at the time `now`.
inline Decoded decode(const MakeDecoder& make, std::string_view log, std::size_t piece,
                      wire::Micros now = 0) {
    Decoded decoded;
    const auto decoder =
        make([&](const Record& record) { decoded.records.push_back(keep(record)); });
    for (; !log.empty(); log.remove_prefix(std::min(piece, log.size()))) {
        decoder->take(log.substr(0, piece), now);
    }
    decoder->finish();
    decoded.lines = counts_of(*decoder);
    return decoded;
}

inline std::uint64_t sum_of(const test::Expected& counts) {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : counts) sum += std::stoull(count);
    return sum;
}

}  // namespace ci::logs
