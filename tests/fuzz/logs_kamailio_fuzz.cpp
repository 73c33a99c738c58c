// A Kamailio log gives the same records however it is cut up, also if another decoder goes on
// behind a cut; each of its lines is counted once.
//
//   input := seed:1 log        the seed chooses the pieces
#include "logs/kamailio.h"
#include "logs/kamailio_records.h"
#include "logs_pieces.h"

namespace ci::fuzz {
namespace {

void check(const logs::Record& record) {
    must(record.kind != logs::Record::Kind::message, "the log holds no messages as such");
    must(!record.call_id.empty(), "a record belongs to a call");
    must(record.text.size() <= logs::KamailioRecords::max_text, "a record's text is bounded");
    const bool is_event = record.kind == logs::Record::Kind::event;
    must(is_event || record.label.ends_with(" SIP/2.0") || record.label.starts_with("SIP/2.0 "),
         "a label is a start line");
    must(!is_event || record.label.size() <= 200, "an event's label is short");
    must(!record.is_sent || !record.label.starts_with("SIP/2.0 100"), "100 is not passed on");
}

std::unique_ptr<logs::Decoder> make(std::uint64_t read_before, logs::RecordSink sink) {
    logs::KamailioOptions options;
    options.calendar = calendar();
    options.read_before = read_before;
    return logs::kamailio_decoder(std::move(options), [sink](const logs::Record& record) {
        check(record);
        sink(record);
    });
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view log(reinterpret_cast<const char*>(data) + 1, size - 1);
    ci::fuzz::logs_do_not_depend_on_pieces(ci::fuzz::make, data[0], log);
    return 0;
}
