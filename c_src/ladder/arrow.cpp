#include "ladder/arrow.h"

#include <algorithm>

#include "ladder/label.h"

namespace ci::ladder {
namespace {

constexpr std::size_t around = 4;  // a dash, the arrowhead, and a blank on either side of a label

class ArrowPen {
  public:
    ArrowPen(const Arrow& arrow, const Layout& layout, std::size_t columns)
        : arrow_(arrow), layout_(layout), columns_(columns) {
        left_ = layout.x(std::min(arrow.from, arrow.to));
        right_ = layout.x(std::max(arrow.from, arrow.to));
        draw_columns(layout, columns, line_);
    }

    Drawn draw() {
        if (arrow_.from == arrow_.to) {
            line_.put(left_ + 1, U"↺", arrow_.ink);
            ++right_;
        } else {
            shaft();
        }
        texts();
        above_.push_back(std::move(line_));
        Drawn drawn{std::move(above_), 0};
        drawn.at = drawn.lines.size() - 1;
        for (Line& below : below_) drawn.lines.push_back(std::move(below));
        return drawn;
    }

  private:
    void shaft() {
        const bool rightward = arrow_.from < arrow_.to;
        const bool is_broken = arrow_.kind == Arrow::Kind::broken;
        const std::size_t span = right_ - left_ - 1;
        // A broken one ends in the hop to its receiver, short of it.
        const std::size_t rest = is_broken ? std::clamp<std::size_t>(layout_.gap / 6, 1, 4) : 0;
        begin_ = left_ + 1 + (rightward ? 0 : rest);
        length_ = span - rest;
        const char32_t dash = arrow_.kind == Arrow::Kind::unseen ? U'╌' : U'─';
        line_.put(begin_, std::u32string(length_, dash), arrow_.ink);
        for (std::size_t i = 0; i < columns_; ++i) {
            const std::size_t crossed = layout_.x(i);
            if (left_ < crossed && crossed < right_) line_.put(crossed, U"┼", arrow_.ink);
        }
        if (is_broken)
            line_.put(rightward ? begin_ + length_ : begin_ - rest, std::u32string(rest, U' '));
        const char32_t head = is_broken ? U'╳' : rightward ? U'▶' : U'◀';
        line_.put(rightward ? begin_ + length_ - 1 : begin_, std::u32string(1, head),
                  is_broken ? Ink::error : arrow_.ink);
    }

    [[nodiscard]] bool fits_over(std::size_t size) const { return size + around <= length_; }

    void put_over(const std::u32string& text) {
        const std::u32string over = U' ' + text + U' ';
        const std::size_t at = begin_ + (length_ - over.size()) / 2;
        line_.put(std::clamp(at, begin_ + 1, begin_ + length_ - 1 - over.size()), over, arrow_.ink);
    }

    void texts() {
        const std::u32string& label = arrow_.label;
        const std::u32string& note = arrow_.note;
        const std::u32string both = note.empty() ? label : label + U"  " + note;
        if (fits_over(both.size())) return put_over(both);
        if (fits_over(label.size())) {
            put_over(label);
            if (!put_behind(note) && !put_beside(note)) put_on_a_line(note, below_);
            return;
        }
        if (put_beside(both)) return;
        if (!put_beside(label) && !put_behind(label)) put_on_a_line(label, above_);
        if (!note.empty() && !put_behind(note)) put_on_a_line(note, below_);
    }

    /// Over other columns, and behind the last one if nothing else stands there.
    bool put_beside(const std::u32string& text) {
        if (right_ + 2 + text.size() <= layout_.edge) {
            line_.put(right_ + 1, U' ' + text + U' ', arrow_.ink);
            return true;
        }
        if (layout_.first + 2 + text.size() + 1 > left_) return false;
        line_.put(left_ - text.size() - 2, U' ' + text + U' ', arrow_.ink);
        return true;
    }

    bool put_behind(const std::u32string& text) {
        if (layout_.notes_at + text.size() > layout_.width) return false;
        line_.put(layout_.notes_at, text, arrow_.ink);
        return true;
    }

    void put_on_a_line(const std::u32string& text, std::vector<Line>& where) {
        const std::size_t begin = layout_.first + 1;
        const std::size_t room = layout_.width - std::min(begin + 2, layout_.width);
        const std::u32string shown = U' ' + cut(text, std::max<std::size_t>(room, 8)) + U' ';
        const std::size_t latest = layout_.width - std::min(shown.size(), layout_.width);
        Line line;
        draw_columns(layout_, columns_, line);
        line.put(std::max(begin, std::min(left_ + 1, latest)), shown, arrow_.ink);
        where.push_back(std::move(line));
    }

    const Arrow& arrow_;
    const Layout& layout_;
    const std::size_t columns_;
    std::size_t left_ = 0, right_ = 0;    // the columns at its ends
    std::size_t begin_ = 0, length_ = 0;  // its cells, with its head
    Line line_;
    std::vector<Line> above_, below_;
};

}  // namespace

void draw_columns(const Layout& layout, std::size_t columns, Line& line) {
    for (std::size_t i = 0; i < columns; ++i) line.put(layout.x(i), U"│", Ink::dim);
}

Drawn draw(const Arrow& arrow, const Layout& layout, std::size_t columns) {
    return ArrowPen(arrow, layout, columns).draw();
}

}  // namespace ci::ladder
