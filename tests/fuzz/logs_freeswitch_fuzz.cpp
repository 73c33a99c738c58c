// FreeSWITCH's log gives the same records however it is cut up, also if another decoder goes on
// behind a cut; each of its lines is counted once.
//
//   input := seed:1 log        the seed chooses the pieces
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "logs/channel_event.h"
#include "logs/date_scan.h"
#include "logs/freeswitch.h"
#include "must.h"

namespace ci::fuzz {
namespace {

constexpr wire::Micros now = 1'796'000'000'000'000;

struct Kept {
    std::uint64_t position;
    std::string text;
    friend bool operator==(const Kept&, const Kept&) = default;
};

Kept keep(const logs::Record& record) {
    using Kind = logs::Record::Kind;
    must(record.kind != Kind::observed, "messages are there octet by octet");
    must(!record.text.empty(), "a record has a text");
    if (record.kind == Kind::event) {
        must(!record.call_id.empty(), "an event belongs to a call");
        must(record.label.size() <= logs::ChannelEvent::longest_label, "a label is short");
        must(std::none_of(record.label.begin(), record.label.end(),
                          [](char c) { return static_cast<unsigned char>(c) < ' '; }),
             "and is one line");
        must(record.text.size() <= logs::ChannelEvent::longest_text, "a text is bounded");
    }
    std::string all =
        std::to_string(static_cast<int>(record.kind)) + " " + std::to_string(record.time.at) + " " +
        std::to_string(record.time.resolution) + " " + wire::to_string(record.src) + " " +
        wire::to_string(record.dst) + " " + std::to_string(record.ip_protocol) +
        (record.is_sent ? " sent " : " got ") + (record.is_truncated ? "cut " : "whole ");
    for (const auto text : {record.host, record.call_id, record.text, record.label}) {
        all += text;
        all += '\n';
    }
    return {record.position, std::move(all)};
}

std::uint64_t counted(const logs::Decoder& decoder) {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : decoder.lines()) sum += count;
    return sum;
}

logs::FreeswitchOptions options() {
    logs::FreeswitchOptions options;
    options.calendar = {now, logs::utc, true};
    return options;
}

template <class NextSize>
std::vector<Kept> read(std::string_view log, NextSize next_size) {
    std::vector<Kept> records;
    const auto decoder = logs::freeswitch_decoder(
        options(), [&](const logs::Record& record) { records.push_back(keep(record)); });
    for (auto rest = log; !rest.empty();) {
        const auto size = std::min(rest.size(), next_size());
        decoder->take(rest.substr(0, size), now);
        rest.remove_prefix(size);
        must(decoder->begin_of_open() <= decoder->position(), "what is open was read");
    }
    decoder->finish();
    must(decoder->begin_of_open() == decoder->position(), "nothing is open at the end");
    must(decoder->position() == log.size(), "all was read");
    const auto lines = static_cast<std::uint64_t>(std::count(log.begin(), log.end(), '\n'));
    must(counted(*decoder) == lines + (log.empty() || log.ends_with('\n') ? 0 : 1),
         "each line is counted once");
    return records;
}

/// Begins again at the log's first octet, so that the second decoder knows what the first one knew.
void another_decoder_goes_on(std::string_view log, std::size_t cut,
                             const std::vector<Kept>& whole) {
    std::vector<Kept> records;
    const logs::RecordSink sink = [&](const logs::Record& record) {
        records.push_back(keep(record));
    };
    const auto first = logs::freeswitch_decoder(options(), sink);
    first->take(log.substr(0, cut), now);
    auto later = options();
    later.read_before = first->position();
    const auto second = logs::freeswitch_decoder(later, sink);
    second->take(log, now);
    second->finish();
    must(records == whole, "nothing is lost, and nothing comes twice");
    const auto lines = static_cast<std::uint64_t>(std::count(log.begin(), log.end(), '\n'));
    must(counted(*first) + counted(*second) == lines + (log.empty() || log.ends_with('\n') ? 0 : 1),
         "each line is counted by one of them");
}

template <class NextSize>
std::optional<std::int64_t> first_day(std::string_view log, NextSize next_size) {
    logs::DateScan scan;
    while (!log.empty()) {
        const auto size = std::min(log.size(), next_size());
        if (scan.take(log.substr(0, size))) break;
        log.remove_prefix(size);
    }
    return scan.first_day(options().calendar);
}

/// Waiting may end a message or an entry early, but neither loses a line nor hangs.
void waits(std::string_view log, std::size_t cut) {
    const auto decoder =
        logs::freeswitch_decoder(options(), [](const logs::Record& record) { keep(record); });
    decoder->take(log.substr(0, cut), now);
    decoder->wait(now + 200'000);
    decoder->wait(now + 2'000'000);
    must(decoder->begin_of_open() == decoder->position(), "nothing waits for longer");
    decoder->take(log.substr(cut), now);
    decoder->finish();
    const auto lines = static_cast<std::uint64_t>(std::count(log.begin(), log.end(), '\n'));
    must(counted(*decoder) >= lines, "each line is counted");
    must(counted(*decoder) <= lines + 2, "once");
}

void logs_do_not_depend_on_pieces(unsigned seed, std::string_view log) {
    const auto whole = read(log, [&] { return log.size(); });
    const auto next_size = [&seed] {
        seed = seed * 1'103'515'245U + 12'345U;
        const unsigned high = seed >> 16U;
        return std::size_t{1} + (high % 4 == 0 ? high % 900 : high % 7);
    };
    must(whole == read(log, next_size), "the records are the same");
    std::set<std::uint64_t> positions;
    for (const auto& record : whole) positions.insert(record.position);
    must(positions.size() == whole.size(), "a position tells a record");
    another_decoder_goes_on(log, seed % (log.size() + 1), whole);
    waits(log, seed % (log.size() + 1));
    must(first_day(log, [&] { return log.size(); }) == first_day(log, next_size),
         "the first day is the same");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    ci::fuzz::logs_do_not_depend_on_pieces(data[0],
                                           {reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
