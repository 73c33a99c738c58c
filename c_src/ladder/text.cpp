#include "ladder/text.h"

#include <algorithm>

#include "ladder/clock_text.h"
#include "ladder/label.h"
#include "ladder/prepared.h"
#include "ladder/scene.h"

namespace ci::ladder {
namespace {

constexpr std::size_t most_letters = 8, most_marks = 6, longest_leg = 3;

std::size_t digits(std::size_t number) {
    return std::to_string(number).size();
}

/// How much each row has to tell, at most.
Told told_of(const Scene& scene) {
    Told told;
    const auto& events = scene.flow.events;
    const wire::Micros begin = events[scene.rows.front().event].at;
    wire::Micros before = begin;
    for (const Row& row : scene.rows) {
        const order::Event& event = events[row.event];
        told.number = std::max(told.number, digits(row.event));
        told.start = std::max(told.start, since_start(event.at - begin).size());
        told.above = std::max(told.above, distance(event.at - before).size());
        before = event.at;
        if (event.guessed) told.guess = 1;
        if (event.chunk < scene.view.legs.size()) {
            told.leg =
                std::max(told.leg, std::min(scene.view.legs[event.chunk].size(), longest_leg));
        }
        std::size_t marks = row.remarks.size();
        for (const std::size_t remark : row.remarks) marks += digits(remark + 1);
        told.marks = std::max(told.marks, std::min(marks, most_marks));
        if (scene.flow.clocks.size() > 1) {
            told.seen = std::max(told.seen, seen_by(scene, event, most_letters).size());
        }
    }
    return told;
}

std::string in_words(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) (text += text.empty() ? "" : ", ") += name;
    return text;
}

}  // namespace

std::string text(std::span<const chunk::Chunk> chunks, const order::Flow& flow, const View& view) {
    if (flow.events.empty()) return "no messages\n";
    const Prepared prepared(chunks, flow, view);
    if (prepared.empty()) return "no messages among these legs and hosts\n";
    const Layout layout(prepared.columns().all(), told_of(prepared.scene()), view.width);
    const Scene whole = prepared.scene(layout);
    std::string out;
    Described described;
    draw_head(whole, out);
    const Row* above = nullptr;
    for (const Row& row : whole.rows) {
        draw_row(whole, row, above, described, out);
        if (row.gap == nullptr) above = &row;
    }
    draw_legend(whole, out);
    return out;
}

std::string complaint(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                      const View& view) {
    for (const std::string& leg : view.only_legs) {
        if (view.legs.empty() && leg == "A") continue;
        if (std::find(view.legs.begin(), view.legs.end(), leg) != view.legs.end()) continue;
        std::vector<std::string> known = view.legs;
        std::sort(known.begin(), known.end());
        known.erase(std::unique(known.begin(), known.end()), known.end());
        return "no such leg: " + leg + " (known: " + (known.empty() ? "A" : in_words(known)) + ")";
    }
    if (view.only_hosts.empty()) return {};
    const Columns columns(chunks, flow, view);
    const std::size_t all = columns.all().size();
    for (const std::string& host : view.only_hosts) {
        bool is_known = false;
        for (std::size_t i = 0; i < all && !is_known; ++i) is_known = columns.is_called(i, host);
        if (is_known) continue;
        std::vector<std::string> known;
        for (std::size_t i = 0; i < all; ++i) known.push_back(columns.call(i));
        return "no such host: " + host + " (known: " + in_words(known) + ")";
    }
    return {};
}

}  // namespace ci::ladder
