// SIP over TCP in any pieces: each octet comes out at most once and in order, each packet is
// counted, and nothing waits for ever. What is whole at once is also whole in pieces.
//
//   input := seed:1 stream        the seed chooses the pieces
#include <algorithm>
#include <string>
#include <vector>

#include "must.h"
#include "sources/pieces.h"

namespace ci::fuzz {
namespace {

using sources::Piece;
using sources::Pieces;

struct Outcome {
    std::vector<std::string> delivered;
    Pieces::Counts counts{};
    std::size_t packets = 0;

    [[nodiscard]] std::size_t count(Piece piece) const {
        return counts[static_cast<std::size_t>(piece)];
    }
};

template <class NextSize>
Outcome cut(std::string_view stream, NextSize next_size) {
    Outcome outcome;
    Pieces pieces([&](const wire::Datagram&, const hep::Capture& capture) {
        outcome.delivered.emplace_back(capture.payload);
    });
    hep::Capture capture;
    capture.version = 3;
    capture.ip_protocol = 6;
    wire::Datagram packet;
    const Pieces::Clock::time_point now{};
    while (!stream.empty()) {
        const std::string part(stream.substr(0, next_size()));
        stream.remove_prefix(part.size());
        capture.payload = part;
        ++outcome.packets;
        pieces.add(packet, capture, now);
        pieces.forget();
    }
    pieces.expire(now + Pieces::patience);
    must(!pieces.deadline(), "nothing waits for longer");
    outcome.counts = pieces.counts();
    must(outcome.count(Piece::waiting) == 0, "and none is counted as waiting");
    must(outcome.packets + outcome.count(Piece::further) ==
             outcome.delivered.size() + outcome.count(Piece::joined),
         "each packet is counted once");
    return outcome;
}

void in_order(std::string_view stream, const Outcome& outcome) {
    std::size_t at = 0;
    for (const auto& payload : outcome.delivered) {
        at = stream.find(payload, at);
        must(at != stream.npos, "what comes out stands in the stream, in this order");
        at += payload.size();
    }
}

bool all_whole(const Outcome& outcome) {
    if (outcome.count(Piece::cut) + outcome.count(Piece::tails) > 0) return false;
    return std::all_of(outcome.delivered.begin(), outcome.delivered.end(), [](const auto& text) {
        const auto front = intake::front_of(text);
        return front.kind == intake::Front::Kind::message && front.size == text.size();
    });
}

void pieces_are_put_together(unsigned seed, std::string_view stream) {
    in_order(stream, cut(stream, [&stream] { return stream.size(); }));
    const auto in_pieces = cut(stream, [&seed] {
        seed = seed * 1'103'515'245U + 12'345U;
        const unsigned high = seed >> 16U;
        return std::size_t{1} + (high % 4 == 0 ? high % 900 : high % 7);
    });
    in_order(stream, in_pieces);
    if (all_whole(in_pieces)) {
        for (const auto& payload : in_pieces.delivered) {
            const auto again = cut(payload, [&payload] { return payload.size(); });
            must(again.delivered.size() == 1 && again.delivered[0] == payload,
                 "a message that was put together is one");
        }
    }
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    ci::fuzz::pieces_are_put_together(data[0], {reinterpret_cast<const char*>(data) + 1,
                                                std::min<std::size_t>(size - 1, 60'000)});
    return 0;
}
