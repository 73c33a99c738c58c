// Any line gives a chunk or a reason, the same by the reader of our own layout as by the one for
// any JSON, and a chunk's own JSON gives it again. Any octets, written as a chunk's line, are read
// back as they were.
#include <string>

#include "chunk/members.h"
#include "must.h"

namespace ci::fuzz {
namespace {

bool is_same(const chunk::Chunk& a, const chunk::Chunk& b) {
    return a.call_id == b.call_id && a.parser == b.parser && a.observer == b.observer &&
           a.src == b.src && a.dst == b.dst && a.timestamp == b.timestamp &&
           a.ref_timestamp == b.ref_timestamp && a.label == b.label && a.c_seq == b.c_seq &&
           a.event == b.event && a.message == b.message && a.flags == b.flags;
}

void both_readers_agree(std::string_view line) {
    const auto one = chunk::read_line(line);
    const auto other = chunk::read_any_layout(line);
    must(one.has_value() == other.has_value(), "both readers take a line, or none does");
    if (one) {
        must(is_same(*one, *other) && one->json == other->json, "they read the same");
    } else {
        must(one.error() == other.error(), "they refuse it for the same reason");
    }
}

void any_line_is_read(std::string_view line) {
    both_readers_agree(line);
    const auto read = chunk::read_line(line);
    if (!read) {
        must(read.error().at <= line.size(), "a rejection points into the line");
        return;
    }
    must(read->json.find('\n') == std::string::npos, "an answer's object is one line");
    const auto again = chunk::read_line(read->json);
    must(bool(again), "what is answered can be read");
    must(is_same(*again, *read), "what is answered is what was read");
}

void any_array_is_split(std::string_view json) {
    const auto elements = chunk::split_array(json);
    if (!elements) return;
    const char* behind = json.data();
    for (const auto element : *elements) {
        must(lies_within(element, json), "an element is a part of the array");
        must(element.data() >= behind, "elements are in order");
        behind = element.data() + element.size();
    }
}

/// The first line of the octets serves as every text.
void any_octets_come_back(std::string_view octets) {
    const auto text = octets.substr(0, octets.find('\n'));
    if (text.empty()) return;
    chunk::Draft draft;
    draft.call_id = draft.parser = draft.observer = draft.label = draft.c_seq = text;
    draft.correlation_id = text;
    draft.message = octets;
    draft.timestamp = 1'795'225'829'516'323;
    draft.ref_timestamp = 1'795'225'829'516'444;
    draft.capture_id = 1337;
    std::string line;
    const auto call_id = chunk::append_line(draft, line);
    std::string quoted;
    chunk::append_json_string(text, quoted);
    must('"' + line.substr(call_id.at, call_id.size) + '"' == quoted, "the Call-ID is found");
    must(line.find('\n') == line.size() - 1, "a chunk is one line");
    both_readers_agree(line);
    const auto read = chunk::read_line(line);
    must(bool(read), "what was written is read");
    must(read->message == octets, "the octets come back");
    must(read->call_id == chunk::to_utf8(text), "the Call-ID comes back as text");
    must(read->label == chunk::to_utf8(text), "and the label");
    must(read->timestamp == draft.timestamp, "and the time");
    must(chunk::to_utf8(read->call_id) == read->call_id, "text stays text");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    ci::fuzz::any_line_is_read(bytes);
    ci::fuzz::any_array_is_split(bytes);
    ci::fuzz::any_octets_come_back(bytes);
    return 0;
}
