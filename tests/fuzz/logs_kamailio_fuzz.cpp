// A Kamailio log gives the same records however it is cut up, also if another decoder goes on
// behind a cut; each of its lines is counted once.
//
//   input := seed:1 log        the seed chooses the pieces
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "logs/kamailio.h"
#include "logs/kamailio_records.h"
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
    must(record.kind != logs::Record::Kind::message, "the log holds no messages as such");
    must(!record.call_id.empty(), "a record belongs to a call");
    must(record.text.size() <= logs::KamailioRecords::max_text, "a record's text is bounded");
    const bool is_event = record.kind == logs::Record::Kind::event;
    must(is_event || record.label.ends_with(" SIP/2.0") || record.label.starts_with("SIP/2.0 "),
         "a label is a start line");
    must(!is_event || record.label.size() <= 200, "an event's label is short");
    must(!record.is_sent || !record.label.starts_with("SIP/2.0 100"), "100 is not passed on");
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

std::uint64_t counted(const logs::Decoder& decoder) {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : decoder.lines()) sum += count;
    return sum;
}

logs::KamailioOptions options() {
    logs::KamailioOptions options;
    options.calendar = {now, logs::utc, true};
    return options;
}

template <class NextSize>
std::vector<Kept> read(std::string_view log, NextSize next_size) {
    std::vector<Kept> records;
    const auto decoder = logs::kamailio_decoder(
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
    const auto first = logs::kamailio_decoder(options(), sink);
    first->take(log.substr(0, cut), now);
    auto later = options();
    later.read_before = first->position();
    const auto second = logs::kamailio_decoder(later, sink);
    second->take(log, now);
    second->finish();
    must(records == whole, "nothing is lost, and nothing comes twice");
}

void logs_do_not_depend_on_pieces(unsigned seed, std::string_view log) {
    const auto whole = read(log, [&] { return log.size(); });
    const auto pieces = read(log, [&seed] {
        seed = seed * 1'103'515'245U + 12'345U;
        const unsigned high = seed >> 16U;
        return std::size_t{1} + (high % 4 == 0 ? high % 900 : high % 7);
    });
    must(whole == pieces, "the records are the same");
    std::set<std::uint64_t> positions;
    for (const auto& record : whole) positions.insert(record.position);
    must(positions.size() == whole.size(), "a position tells a record");
    another_decoder_goes_on(log, seed % (log.size() + 1), whole);
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    ci::fuzz::logs_do_not_depend_on_pieces(data[0],
                                           {reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
