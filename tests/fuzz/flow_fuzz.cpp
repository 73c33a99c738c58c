// Whatever a connection carries, in any segments and with gaps, gives messages in bounded memory,
// and the same twice.
//
//   input := seed:1 flags:1 stream     the seed chooses the segments; flags: 1 joined, 2 with gaps
#include <algorithm>
#include <string>
#include <vector>

#include "must.h"
#include "packets/stream.h"
#include "sip/message.h"
#include "sip/start_line.h"
#include "sip/text.h"

namespace ci::fuzz {
namespace {

struct Result {
    std::vector<std::string> messages;
    std::uint64_t desyncs, locked;
    bool operator==(const Result&) const = default;
};

void take_all(packets::Stream& stream, wire::Micros now, std::vector<std::string>& messages) {
    while (const auto found = stream.next()) {
        const auto line = sip::trim_right(found->message.substr(0, found->message.find('\n')));
        must(found->at > 0 && found->at <= now, "a message was captured in time");
        must(found->is_hep || (found->is_websocket ? sip::looks_like_sip(found->message)
                                                   : sip::read_start_line(line).has_value()),
             "and begins like SIP");
        must(!found->is_cut || packets::names_a_call(found->message), "a cut one names its call");
        messages.emplace_back(found->message);
    }
}

Result read(unsigned seed, unsigned flags, std::string_view input) {
    packets::Stream stream((flags & 1U) == 0);
    Result result{};
    wire::Micros now = 1'000;
    while (!input.empty()) {
        seed = seed * 1'103'515'245U + 12'345U;
        const unsigned high = seed >> 16U;
        const std::size_t size = 1 + (high % 4 == 0 ? high % 1'400 : high % 90);
        const auto segment = input.substr(0, size);
        input.remove_prefix(segment.size());
        if ((flags & 2U) != 0 && high % 5 == 0) {
            take_all(stream, now, result.messages);
            stream.lose();
        } else {
            stream.append(segment, ++now);
        }
        if (high % 7 != 0) take_all(stream, now, result.messages);
        must(stream.held() <= std::size_t{4} * 1'024 * 1'024, "little is held");
    }
    stream.lose();
    take_all(stream, now, result.messages);
    result.desyncs = stream.desyncs();
    result.locked = stream.locked();
    return result;
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci::fuzz;
    if (size < 2) return 0;
    const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
    must(read(data[0], data[1], input) == read(data[0], data[1], input),
         "the same bytes give the same messages");
    return 0;
}
