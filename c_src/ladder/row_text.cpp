#include "ladder/clock_text.h"
#include "ladder/label.h"
#include "ladder/scene.h"
#include "ladder/sdp_text.h"

namespace ci::ladder {
namespace {

using chunk::Chunk;

std::u32string digits_of(std::size_t number) {
    return printable(std::to_string(number));
}

/// Empty: the transaction showed the same description already, on a hop before.
std::u32string new_description(const Chunk& chunk, Described& described) {
    std::u32string text = sdp_text(chunk);
    const bool is_request = !chunk.label.starts_with("SIP/");
    std::u32string& last = described[chunk.call_id + '\n' + chunk.c_seq + (is_request ? "?" : "!")];
    if (text == last) return {};
    return last = std::move(text);
}

std::u32string note_of(const Scene& scene, const Row& row) {
    const order::Event& event = scene.flow.events[row.event];
    const Chunk& chunk = scene.chunks[event.chunk];
    std::u32string text;
    const auto add = [&](const std::u32string& more) {
        if (more.empty()) return;
        if (!text.empty()) text += U"  ";
        text += more;
    };
    if (row.sent > 1) {
        add(U"x" + digits_of(row.sent) + U" over " + printable(short_span(row.last - event.at)));
        if (row.lost > 0 && row.lost < row.sent) add(digits_of(row.lost) + U" lost");
    } else if (event.retransmission > 0) {
        add(U"retransmission " + digits_of(event.retransmission));
    }
    if (!row.why.empty()) add(U"<- " + digits_of(row.cause) + U' ' + printable(row.why));
    add(scene.columns.which("from", chunk.src));
    add(scene.columns.which("to", chunk.dst));
    return text;
}

}  // namespace

RowText text_of_row(const Scene& scene, const Row& row, Described& described) {
    const order::Event& event = scene.flow.events[row.event];
    const Chunk& chunk = scene.chunks[event.chunk];
    RowText text;
    const auto& legs = scene.view.legs;
    if (event.chunk < legs.size() && !legs[event.chunk].empty()) {
        text.leg = printable(legs[event.chunk]);
        text.ink = ink_of_leg(static_cast<std::size_t>(legs[event.chunk].front() - 'A'));
    }
    if (row.gap != nullptr) {
        text.from = scene.columns.find(row.gap->src);
        text.to = scene.columns.find(row.gap->dst);
        text.kind = Arrow::Kind::unseen;
        text.label = printable(row.gap->method) + U" not seen";
        return text;
    }
    text.from = scene.columns.find(chunk.src);
    text.to = scene.columns.find(chunk.dst);
    if (row.lost >= row.sent) text.kind = Arrow::Kind::broken;
    text.is_message = chunk.event.empty();
    text.label = label(chunk);
    if (has_sdp(chunk)) {
        if (scene.view.sdp) text.description = new_description(chunk, described);
        if (text.description.empty()) text.label += U" (SDP)";
    }
    text.note = note_of(scene, row);
    return text;
}

}  // namespace ci::ladder
