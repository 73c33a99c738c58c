#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

#include "ladder/arrow.h"
#include "ladder/clock_text.h"
#include "ladder/label.h"
#include "ladder/scene.h"

namespace ci::ladder {
namespace {

std::u32string count(std::size_t number) {
    return printable(std::to_string(number));
}

std::u32string marks_of(const Row& row, std::size_t width) {
    std::u32string text;
    for (const std::size_t remark : row.remarks) {
        text += (text.empty() ? U"!" : U",") + count(remark + 1);
    }
    return cut(std::move(text), width);
}

constexpr std::size_t most_lines = 4;  // of an event's text

/// Where there is room for a text.
struct Side {
    std::size_t at, room;
};

class RowPen {
  public:
    RowPen(const Scene& scene, const Row& row, const Row* above, Described& described)
        : scene_(scene),
          layout_(scene.layout),
          row_(row),
          text_(text_of_row(scene, row, described)),
          event_(scene.flow.events[row.event]) {
        above_ = above == nullptr ? nullptr : &scene.flow.events[above->event];
    }

    void draw(std::string& out) {
        const std::size_t columns = layout_.is_list ? 0 : scene_.columns.all().size();
        Drawn drawn{{Line()}, 0};
        const auto from = text_.from, to = text_.to;
        if (!text_.is_message) {
            drawn.lines = happening(columns, from ? from : to, text_.label);
        } else if (layout_.is_list || !from || !to) {
            listed(drawn.lines[0]);
        } else {
            drawn = ladder::draw({*from, *to, text_.kind, text_.ink, text_.label, text_.note},
                                 layout_, columns);
        }
        if (row_.gap == nullptr) tell(drawn.lines[drawn.at]);
        for (const Line& line : drawn.lines) scene_.append(line, out);
        if (!text_.description.empty()) described(columns, out);
    }

  private:
    /// What stands at the left, and who saw it.
    void tell(Line& line) const {
        const Told& told = layout_.told;
        line.put_before(told.number, count(row_.event));
        if (told.marks > 0 && !row_.remarks.empty()) {
            const auto worst = *std::min_element(row_.remarks.begin(), row_.remarks.end());
            line.put(layout_.marks_at, marks_of(row_, told.marks),
                     ink_of(scene_.view.remarks[worst]));
        }
        if (event_.guessed) line.put(layout_.time_at - 1, U"~");
        line.put(layout_.time_at, printable(time_of_day(event_.at)));
        const order::Event& first = scene_.flow.events[scene_.rows.front().event];
        if (told.start > 0)
            line.put_before(layout_.start_end, printable(since_start(event_.at - first.at)));
        if (told.above > 0 && above_ != nullptr) {
            line.put_before(layout_.above_end, printable(distance(event_.at - above_->at)));
        }
        if (told.leg > 0) line.put(layout_.leg_at, cut(text_.leg, told.leg), text_.ink);
        if (told.seen > 0 && !layout_.is_list) {
            line.put(layout_.seen_at, seen_by(scene_, event_, told.seen));
        }
    }

    /// An event that is not a message stands beside the column of the host where it happened, on
    /// the side with more room if it is too long for both.
    [[nodiscard]] std::vector<Line> happening(std::size_t columns,
                                              std::optional<std::size_t> column,
                                              const std::u32string& text) const {
        const bool is_beside = columns > 0 && column;
        const std::size_t at = is_beside ? layout_.x(*column) + 1 : layout_.first;
        const std::size_t edge = columns > 0 ? layout_.edge : layout_.width;
        const auto between = [](std::size_t from, std::size_t to) {
            return to > from ? to - from : std::size_t{0};
        };
        const Side sides[] = {{at + 2, between(at + 2, edge)},
                              {layout_.first + 2, between(layout_.first + 5, at - 1)},
                              {layout_.notes_at, between(layout_.notes_at, layout_.width)}};
        const Side* side = std::find_if(std::begin(sides), std::end(sides),
                                        [&](const Side& one) { return text.size() <= one.room; });
        if (side == std::end(sides)) {
            side = std::max_element(
                std::begin(sides), std::end(sides),
                [](const Side& one, const Side& other) { return one.room < other.room; });
        }
        const bool at_left = side == &sides[1];
        auto parts = wrapped(text, std::max<std::size_t>(side->room, 8));
        if (parts.size() > most_lines) {
            parts.resize(most_lines);
            parts.back() = cut(parts.back() + U"…", std::max<std::size_t>(side->room, 8));
        }
        std::size_t longest = 0;
        for (const auto& part : parts) longest = std::max(longest, part.size());
        const std::size_t begin = at_left ? at - 1 - longest - 2 : side->at;
        std::vector<Line> lines(parts.size());
        for (std::size_t i = 0; i < parts.size(); ++i) {
            draw_columns(layout_, columns, lines[i]);
            if (i == 0) lines[i].put(at_left ? at - 2 : at, U"●", text_.ink);
            const std::size_t blank = side == &sides[2] ? 0 : 1;
            lines[i].put(begin - blank, std::u32string(blank, U' ') + parts[i], text_.ink);
        }
        return lines;
    }

    [[nodiscard]] std::u32string named(std::optional<std::size_t> column) const {
        const auto& columns = scene_.columns.all();
        std::size_t width = 4;
        if (!layout_.is_numbered) {
            for (const auto& one : columns) width = std::max(width, one.name.size());
        }
        std::u32string name = !column               ? U"?"
                              : layout_.is_numbered ? number_of_column(*column)
                                                    : columns[*column].name;
        name.resize(std::max(name.size(), width), U' ');
        return name;
    }

    void listed(Line& line) const {
        constexpr std::u32string_view shafts[] = {U" ─▶ ", U" ─╳ ", U" ╌▶ "};
        std::u32string all = named(text_.from);
        all += shafts[static_cast<std::size_t>(text_.kind)];
        all += named(text_.to) + U"  " + text_.label;
        if (!text_.note.empty()) all += U"  " + text_.note;
        if (layout_.told.seen > 0) all += U"   " + seen_by(scene_, event_, layout_.told.seen);
        const std::size_t room = layout_.width - std::min(layout_.first, layout_.width);
        line.put(layout_.first, cut(std::move(all), room), text_.ink);
    }

    void described(std::size_t columns, std::string& out) const {
        const std::u32string& text = text_.description;
        const auto from = text_.from, to = text_.to;
        std::size_t at = layout_.first + 2;
        if (columns > 0 && from && to) at = layout_.x(std::min(*from, *to)) + 2;
        const std::size_t room = layout_.width - std::min(layout_.first + 2, layout_.width);
        const std::size_t latest = layout_.width - std::min(text.size(), layout_.width);
        if (at > latest) {  // beside a column farther left
            const std::size_t room_before = latest - std::min(latest, layout_.first + 2);
            at = layout_.first + 2;
            if (columns > 0) at = layout_.x(room_before / layout_.gap) + 2;
        }
        for (const std::u32string& part : wrapped(text, std::max<std::size_t>(room, 24))) {
            Line line;
            draw_columns(layout_, columns, line);
            line.put(at - 1, U' ' + part + U' ', text_.ink);
            scene_.append(line, out);
        }
    }

    const Scene& scene_;
    const Layout& layout_;
    const Row& row_;
    const RowText text_;
    const order::Event& event_;
    const order::Event* above_ = nullptr;
};

}  // namespace

void draw_row(const Scene& scene, const Row& row, const Row* above, Described& described,
              std::string& out) {
    RowPen(scene, row, above, described).draw(out);
}

}  // namespace ci::ladder
