// What holds for the decoder of any log, whatever it decodes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "logs/record.h"
#include "must.h"

namespace ci::fuzz {

inline constexpr wire::Micros now = 1'796'000'000'000'000;

inline logs::Calendar calendar() {
    return {now, logs::utc, true};
}

struct Kept {
    std::uint64_t position;
    std::string text;
    friend bool operator==(const Kept&, const Kept&) = default;
};

inline Kept keep(const logs::Record& record) {
    std::string all =
        std::to_string(static_cast<int>(record.kind)) + " " + std::to_string(record.time.at) + " " +
        std::to_string(record.time.resolution) + " " + wire::to_string(record.src) + " " +
        wire::to_string(record.dst) + " " + std::to_string(record.ip_protocol) +
        (record.is_sent ? " sent " : " got ") + (record.is_truncated ? "cut " : "whole ");
    for (const auto text :
         {record.host, record.call_id, record.text, record.label, record.c_seq, record.method}) {
        all += text;
        all += '\n';
    }
    return {record.position, std::move(all)};
}

inline std::uint64_t counted(const logs::Decoder& decoder) {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : decoder.lines()) sum += count;
    return sum;
}

inline std::uint64_t lines_of(std::string_view log) {
    const auto ends = std::count(log.begin(), log.end(), '\n');
    return static_cast<std::uint64_t>(ends) + (log.empty() || log.ends_with('\n') ? 0 : 1);
}

/// Makes a decoder that goes on where an earlier one had read so far.
using Make =
    std::function<std::unique_ptr<logs::Decoder>(std::uint64_t read_before, logs::RecordSink sink)>;
/// The size of the next piece.
using NextSize = std::function<std::size_t()>;

inline NextSize sizes_by(unsigned seed) {
    return [seed]() mutable {
        seed = seed * 1'103'515'245U + 12'345U;
        const unsigned high = seed >> 16U;
        return std::size_t{1} + (high % 4 == 0 ? high % 900 : high % 7);
    };
}

inline std::vector<Kept> read(const Make& make, std::string_view log, const NextSize& next_size) {
    std::vector<Kept> records;
    const auto decoder =
        make(0, [&](const logs::Record& record) { records.push_back(keep(record)); });
    for (auto rest = log; !rest.empty();) {
        const auto size = std::min(rest.size(), next_size());
        decoder->take(rest.substr(0, size), now);
        rest.remove_prefix(size);
        must(decoder->begin_of_open() <= decoder->position(), "what is open was read");
    }
    decoder->finish();
    must(decoder->begin_of_open() == decoder->position(), "nothing is open at the end");
    must(decoder->position() == log.size(), "all was read");
    must(counted(*decoder) == lines_of(log), "each line is counted once");
    return records;
}

/// The second decoder begins at the log's first octet, so that it knows what the first one knew.
inline void another_decoder_goes_on(const Make& make, std::string_view log, std::size_t cut,
                                    const std::vector<Kept>& whole) {
    std::vector<Kept> records;
    const logs::RecordSink sink = [&](const logs::Record& record) {
        records.push_back(keep(record));
    };
    const auto first = make(0, sink);
    first->take(log.substr(0, cut), now);
    const auto second = make(first->position(), sink);
    second->take(log, now);
    second->finish();
    must(records == whole, "nothing is lost, and nothing comes twice");
    must(counted(*first) + counted(*second) == lines_of(log),
         "each line is counted by one of them");
}

inline void logs_do_not_depend_on_pieces(const Make& make, unsigned seed, std::string_view log) {
    const auto whole = read(make, log, [&] { return log.size(); });
    must(whole == read(make, log, sizes_by(seed)), "the records are the same");
    std::set<std::uint64_t> positions;
    for (const auto& record : whole) positions.insert(record.position);
    must(positions.size() == whole.size(), "a position tells a record");
    another_decoder_goes_on(make, log, seed % (log.size() + 1), whole);
}

}  // namespace ci::fuzz
