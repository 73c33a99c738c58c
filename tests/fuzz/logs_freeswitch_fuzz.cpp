// FreeSWITCH's log gives the same records however it is cut up, also if another decoder goes on
// behind a cut; each of its lines is counted once.
//
//   input := seed:1 log        the seed chooses the pieces
#include "logs/channel_event.h"
#include "logs/date_scan.h"
#include "logs/freeswitch.h"
#include "logs_pieces.h"

namespace ci::fuzz {
namespace {

void check(const logs::Record& record) {
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
}

std::unique_ptr<logs::Decoder> make(std::uint64_t read_before, logs::RecordSink sink) {
    logs::FreeswitchOptions options;
    options.calendar = calendar();
    options.read_before = read_before;
    return logs::freeswitch_decoder(std::move(options), [sink](const logs::Record& record) {
        check(record);
        sink(record);
    });
}

std::optional<std::int64_t> first_day(std::string_view log, const NextSize& next_size) {
    logs::DateScan scan;
    while (!log.empty()) {
        const auto size = std::min(log.size(), next_size());
        if (scan.take(log.substr(0, size))) break;
        log.remove_prefix(size);
    }
    return scan.first_day(calendar());
}

/// Waiting may end a message or an entry early, but neither loses a line nor hangs.
void waits(std::string_view log, std::size_t cut) {
    const auto decoder = make(0, [](const logs::Record&) {});
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

void dates_and_waits(unsigned seed, std::string_view log) {
    waits(log, seed % (log.size() + 1));
    must(first_day(log, [&] { return log.size(); }) == first_day(log, sizes_by(seed)),
         "the first day is the same");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view log(reinterpret_cast<const char*>(data) + 1, size - 1);
    ci::fuzz::logs_do_not_depend_on_pieces(ci::fuzz::make, data[0], log);
    ci::fuzz::dates_and_waits(data[0], log);
    return 0;
}
