#include <algorithm>

#include "ladder/clock_text.h"
#include "ladder/label.h"
#include "ladder/scene.h"

namespace ci::ladder {
namespace {

constexpr std::size_t most_endpoints = 8;
constexpr std::size_t most_contradictions = 5;

class Legend {
  public:
    Legend(const Scene& scene, std::string& out) : scene_(scene), out_(out) {}

    void remarks() {
        const auto& all = scene_.view.remarks;
        if (all.empty()) return;
        out_ += '\n';
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::u32string mark = U'!' + printable(std::to_string(i + 1)) + U"  ";
            paragraph(mark, printable(all[i].severity + ": " + all[i].text), ink_of(all[i]));
            const std::u32string blank(mark.size(), U' ');
            if (!all[i].check.empty()) paragraph(blank, printable("check: " + all[i].check));
        }
    }

    /// Hosts with several endpoints, of which rows name all but the first.
    void hosts() {
        bool is_first = true;
        for (const auto& column : scene_.columns.all()) {
            const auto& ends = column.endpoints;
            if (ends.size() < 2) continue;
            if (is_first) out_ += '\n';
            is_first = false;
            std::string text;
            for (std::size_t i = 0; i < std::min(ends.size(), most_endpoints); ++i) {
                text += (i == 0 ? "" : ", ") + ends[i];
            }
            if (ends.size() > most_endpoints) {
                text += " and " + std::to_string(ends.size() - most_endpoints) + " more";
            }
            paragraph(U"", column.name + U": " + printable(text));
        }
    }

    void observers() {
        const order::Flow& flow = scene_.flow;
        out_ += '\n';
        for (std::size_t i = 0; i < flow.clocks.size(); ++i) {
            const order::Clock& clock = flow.clocks[i];
            if (flow.clocks.size() == 1 && clock.has_clock) {
                paragraph(U"", U"seen by " + printable(clock.observer));
                return;
            }
            const std::u32string letter =
                flow.clocks.size() > 1 ? letter_of_observer(i) + U"  " : U"";
            paragraph(letter, printable(clock.observer + ": " + describe(clock)));
            const std::string delivery = clock.delivery ? describe(*clock.delivery) : "";
            if (!delivery.empty()) paragraph(letter, printable(clock.observer + ": " + delivery));
        }
    }

    void contradictions() {
        const auto& all = scene_.flow.contradictions;
        if (all.empty()) return;
        out_ += '\n';
        for (std::size_t i = 0; i < std::min(all.size(), most_contradictions); ++i) {
            paragraph(U"!  ", printable(all[i]));
        }
        if (all.size() <= most_contradictions) return;
        paragraph(U"!  ", printable("and " + std::to_string(all.size() - most_contradictions) +
                                    " more like these: contradictions of call_details"));
    }

    void guesses() {
        const auto& events = scene_.flow.events;
        if (std::none_of(events.begin(), events.end(),
                         [](const order::Event& event) { return event.guessed; })) {
            return;
        }
        out_ += '\n';
        paragraph(U"~  ",
                  U"its observer shares no message with the others, so its place among theirs is "
                  U"guessed by arrival");
    }

    void left_out() {
        const auto& all = scene_.layout.left_out;
        if (all.empty()) return;
        std::string what;
        for (std::size_t i = 0; i < all.size(); ++i) {
            what += (i == 0 ? "" : i + 1 == all.size() ? " and " : ", ") + all[i];
        }
        out_ += '\n';
        paragraph(U"", printable("There is no room for " + what + ": ask for a larger width."));
    }

  private:
    void entry(const std::u32string& text, Ink ink = Ink::plain) {
        Line line;
        line.put(0, text, ink);
        scene_.append(line, out_);
    }

    void paragraph(const std::u32string& mark, const std::u32string& text, Ink ink = Ink::plain) {
        const std::u32string blank(mark.size(), U' ');
        bool is_first = true;
        for (const auto& line : wrapped(text, scene_.layout.width - mark.size())) {
            entry((is_first ? mark : blank) + line, ink);
            is_first = false;
        }
    }

    const Scene& scene_;
    std::string& out_;
};

void name_columns_above(const Scene& scene, std::string& out) {
    const auto& columns = scene.columns.all();
    std::size_t width = 0;
    for (const auto& column : columns) width = std::max(width, column.name.size() + 7);
    const std::size_t a_line = std::max<std::size_t>(scene.layout.width / width, 1);
    Line line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::size_t at = i % a_line * width;
        line.put(at, cut(number_of_column(i) + U' ' + columns[i].name, scene.layout.width));
        if (i % a_line + 1 < a_line && i + 1 < columns.size()) continue;
        scene.append(line, out);
        line = Line();
    }
}

}  // namespace

std::u32string letter_of_observer(std::size_t observer) {
    if (observer < 26) return {static_cast<char32_t>(U'a' + observer)};
    return printable('.' + std::to_string(observer + 1));
}

std::u32string number_of_column(std::size_t column) {
    return printable('h' + std::to_string(column + 1));
}

Ink ink_of(const Remark& remark) {
    if (remark.severity == "error") return Ink::error;
    return remark.severity == "warning" ? Ink::warning : Ink::plain;
}

std::u32string seen_by(const Scene& scene, const order::Event& event, std::size_t width) {
    std::vector<std::size_t> observers;
    for (const std::size_t chunk : event.seen) {
        const auto found = scene.observers.find(scene.chunks[chunk].observer);
        if (found != scene.observers.end()) observers.push_back(found->second);
    }
    std::sort(observers.begin(), observers.end());
    observers.erase(std::unique(observers.begin(), observers.end()), observers.end());
    std::u32string letters;
    for (const std::size_t observer : observers) letters += letter_of_observer(observer);
    return cut(std::move(letters), width);
}

void draw_head(const Scene& scene, std::string& out) {
    const Layout& layout = scene.layout;
    const auto& columns = scene.columns.all();
    if (layout.is_numbered) name_columns_above(scene, out);
    Line upper, lower;
    upper.put(0, printable(date(scene.flow.events[scene.rows.front().event].at) + " UTC"));
    for (std::size_t i = 0; i < columns.size() && !layout.is_list; ++i) {
        const bool is_low = layout.is_staggered && i % 2 == 1;
        if (layout.is_staggered && !is_low) lower.put(layout.x(i), U"│", Ink::dim);
        (is_low ? lower : upper)
            .put_centred(layout.x(i), layout.is_numbered ? number_of_column(i) : columns[i].name);
    }
    scene.append(upper, out);
    if (layout.is_staggered) scene.append(lower, out);
}

void draw_legend(const Scene& scene, std::string& out) {
    Legend legend(scene, out);
    legend.left_out();
    legend.remarks();
    legend.hosts();
    legend.observers();
    legend.contradictions();
    legend.guesses();
}

}  // namespace ci::ladder
