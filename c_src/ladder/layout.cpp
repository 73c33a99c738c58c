#include "ladder/layout.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ci::ladder {
namespace {

constexpr std::size_t time_width = 12;  // "10:15:03.120"
constexpr std::size_t date_width = 14;  // "2026-11-21 UTC"
constexpr std::size_t widest_gap = 32;
constexpr std::size_t narrowest_gap = 4;  // a dash and an arrowhead between two columns
constexpr std::size_t narrowest_picture = 30;
constexpr std::size_t narrowest_list = 60;

std::size_t behind(std::size_t width) {
    return width > 0 ? width + 1 : 0;
}

std::size_t longest(const std::vector<Columns::Column>& columns) {
    std::size_t size = 0;
    for (const auto& column : columns) size = std::max(size, column.name.size());
    return size;
}

struct Yielding {
    std::size_t Told::*what;
    const char* name;
};
constexpr Yielding yielding[] = {{&Told::seen, "who saw each message"},
                                 {&Told::start, "the time since the start"},
                                 {&Told::above, "the time since the row above"}};

}  // namespace

Layout::Layout(const std::vector<Columns::Column>& columns, Told all, std::size_t cells)
    : told(all), width(cells) {
    const std::size_t half_a_name = columns.empty() ? 0 : columns.back().name.size() / 2 + 1;
    for (std::size_t given_way = 0; given_way <= std::size(yielding); ++given_way) {
        place(columns.size(), half_a_name);
        if (has_room() && names_fit(columns, 1)) return;
        is_staggered = has_room() && names_fit(columns, 2);
        if (is_staggered) return;
        place(columns.size(), 2);
        is_numbered = has_room();
        if (is_numbered) return;
        if (given_way < std::size(yielding)) give_way(given_way);
    }
    become_a_list(columns, all);
}

bool Layout::has_room() const {
    return gap >= narrowest_gap && first + narrowest_picture <= width;
}

void Layout::give_way(std::size_t which) {
    const Yielding& one = yielding[which];
    if (told.*one.what > 0) left_out.emplace_back(one.name);
    told.*one.what = 0;
}

void Layout::become_a_list(const std::vector<Columns::Column>& columns, const Told& all) {
    is_list = true;
    const Told shortened = std::exchange(told, all);
    place(1, 0);
    if (first + narrowest_list > width) {
        told = shortened;
        place(1, 0);
    } else {
        left_out.clear();
    }
    constexpr std::size_t beside_names = 20;  // an arrow and a label
    is_numbered = first + 2 * longest(columns) + beside_names > width;
}

void Layout::place(std::size_t columns, std::size_t behind_last) {
    marks_at = behind(told.number);
    time_at = marks_at + behind(told.marks) + told.guess;
    start_end = time_at + time_width + (told.start > 0 ? 1 + told.start : 0);
    above_end = start_end + (told.above > 0 ? 1 + told.above : 0);
    leg_at = above_end + 1;
    first = leg_at + behind(told.leg);
    const std::size_t at_right = std::max(behind_last, told.seen > 0 ? told.seen + 2 : 0) + 1;
    const std::size_t gaps = std::max<std::size_t>(columns, 2) - 1;
    const std::size_t taken = std::min(first + at_right, width);
    gap = std::min((width - taken) / gaps, widest_gap);
    last = x(std::max<std::size_t>(columns, 1) - 1);
    seen_at = last + 3;
    edge = told.seen > 0 ? seen_at - 1 : width;
    notes_at = told.seen > 0 ? seen_at + told.seen + 2 : seen_at;
}

bool Layout::names_fit(const std::vector<Columns::Column>& columns, std::size_t lines) const {
    if (!columns.empty() && columns[0].name.size() / 2 + date_width + 1 > first) return false;
    if (columns.size() > 1 && lines > 1) {
        const std::size_t before_last = columns.size() - 2;
        if (columns[1].name.size() / 2 > x(1)) return false;
        if (x(before_last) + columns[before_last].name.size() / 2 + 1 > width) return false;
    }
    for (std::size_t i = 0; i + lines < columns.size(); ++i) {
        const std::size_t both = columns[i].name.size() + columns[i + lines].name.size();
        if ((both + 1) / 2 + 1 > gap * lines) return false;
    }
    return true;
}

}  // namespace ci::ladder
