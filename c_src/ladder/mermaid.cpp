#include <algorithm>

#include "ladder/clock_text.h"
#include "ladder/label.h"
#include "ladder/pictures.h"
#include "ladder/prepared.h"

namespace ci::ladder {
namespace {

/// Mermaid ends a statement at ';' and at a line's end, and reads '#' as the begin of a character's
/// number; browsers read the rest as HTML.
std::string quoted(std::u32string_view cells) {
    constexpr std::string_view special = "#;<>\"&%{";
    std::string out;
    for (const char c : utf8_of(cells)) {
        if (special.find(c) == std::string_view::npos) {
            out += c;
        } else {
            out += "#" + std::to_string(static_cast<int>(c)) + ";";
        }
    }
    return out;
}

std::string_view shaft_of(Arrow::Kind kind) noexcept {
    switch (kind) {
        case Arrow::Kind::whole:
            return "->>";
        case Arrow::Kind::broken:
            return "-x";
        case Arrow::Kind::unseen:
            break;
    }
    return "-->>";
}

std::string host_of(std::size_t column) {
    return "h" + std::to_string(column + 1);
}

}  // namespace

std::string mermaid(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                    const View& view) {
    std::string out = "sequenceDiagram\n";
    const Prepared prepared(chunks, flow, view);
    if (prepared.empty()) return out;
    const Scene scene = prepared.scene();
    const auto& columns = scene.columns.all();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out += "    participant " + host_of(i) + " as " + quoted(columns[i].name) + "\n";
    }
    const wire::Micros begin = flow.events[scene.rows.front().event].at;
    Described described;
    for (const Row& row : scene.rows) {
        const RowText told = text_of_row(scene, row, described);
        const auto from = told.from ? told.from : told.to, to = told.to ? told.to : told.from;
        if (!from) continue;
        std::u32string text = told.label;
        if (!told.note.empty()) text += U"  " + told.note;
        if (!told.leg.empty()) text.insert(0, told.leg + U' ');
        if (row.gap == nullptr) {
            text.insert(0, printable(since_start(flow.events[row.event].at - begin) + " "));
        }
        const std::string hosts =
            host_of(std::min(*from, *to)) + "," + host_of(std::max(*from, *to));
        if (told.is_message) {
            out.append("    ").append(host_of(*from)).append(shaft_of(told.kind));
            out += host_of(*to) + ": " + quoted(text) + "\n";
        } else {
            out += "    Note over " + host_of(*from) + ": " + quoted(text) + "\n";
        }
        if (!told.description.empty()) {
            out += "    Note over " + hosts + ": " + quoted(told.description) + "\n";
        }
    }
    return out;
}

}  // namespace ci::ladder
