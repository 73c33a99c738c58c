// A stream gives the same packets and the same end however it is cut up.
//
//   input := seed:1 stream        the seed chooses the pieces
#include <algorithm>
#include <string>
#include <vector>

#include "hep/hep3.h"
#include "hep/stream.h"
#include "must.h"

namespace ci::fuzz {
namespace {

struct Cut {
    std::vector<std::string> packets;
    std::optional<hep::StreamRejection> trouble;
};

template <class NextSize>
Cut cut(std::string_view stream, NextSize next_size) {
    hep::StreamCutter cutter;
    Cut result;
    while (!stream.empty() && !cutter.lost()) {
        const auto room = cutter.room();
        must(!room.empty(), "there is room once all packets are taken");
        const auto part = wire::as_bytes(stream.substr(0, std::min(room.size(), next_size())));
        std::copy(part.begin(), part.end(), room.begin());
        cutter.filled(part.size());
        stream.remove_prefix(part.size());
        while (const auto packet = cutter.next()) {
            must(hep::has_hep3_magic(*packet), "a packet begins with a magic");
            result.packets.emplace_back(wire::as_text(*packet));
        }
    }
    result.trouble = cutter.end();
    return result;
}

void streams_do_not_depend_on_segments(unsigned seed, std::string_view stream) {
    const Cut whole = cut(stream, [] { return hep::StreamCutter::buffer_size; });
    const Cut pieces = cut(stream, [&seed] {
        seed = seed * 1'103'515'245U + 12'345U;
        const unsigned high = seed >> 16U;
        return std::size_t{1} + (high % 4 == 0 ? high % 900 : high % 7);
    });
    must(whole.packets == pieces.packets, "the packets are the same");
    must(whole.trouble == pieces.trouble, "and the end is");
    std::string all;
    for (const auto& packet : whole.packets) all += packet;
    must(stream.starts_with(all), "nothing is lost between packets");
    if (!whole.trouble) must(all == stream, "a stream without trouble is all packets");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    ci::fuzz::streams_do_not_depend_on_segments(
        data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
