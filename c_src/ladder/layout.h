// Where in a line everything stands: what is told of a row at its left, then the hosts' columns.
//
// Where columns would be too narrow for arrows, what is told at the left gives way, in the order of
// `Told`; where that does not suffice, the drawing is a list.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ladder/columns.h"

namespace ci::ladder {

/// Widths of what is told of a row; 0: it is not told.
struct Told {
    std::size_t seen = 0;   ///< letters of observers, behind the columns
    std::size_t start = 0;  ///< time since the first row
    std::size_t above = 0;  ///< time since the row above
    std::size_t number = 0, marks = 0, guess = 0, leg = 0;
};

struct Layout {
    Layout(const std::vector<Columns::Column>& columns, Told told, std::size_t width);

    Told told;          ///< what there is room for
    std::size_t width;  ///< of the line
    std::size_t marks_at = 0, time_at = 0, start_end = 0, above_end = 0, leg_at = 0;
    std::size_t first = 0;  ///< the first column
    std::size_t gap = 0;    ///< from column to column
    std::size_t last = 0;   ///< the last column
    std::size_t edge = 0;   ///< where texts over columns end
    std::size_t seen_at = 0, notes_at = 0;
    bool is_list = false;               ///< more hosts than columns have room for
    bool is_staggered = false;          ///< names stand on two lines alternately
    bool is_numbered = false;           ///< names stand above the picture; columns have numbers
    std::vector<std::string> left_out;  ///< what there is no room for, in words

    [[nodiscard]] std::size_t x(std::size_t column) const noexcept { return first + column * gap; }

  private:
    void place(std::size_t columns, std::size_t behind_last);
    [[nodiscard]] bool has_room() const;
    void give_way(std::size_t which);
    void become_a_list(const std::vector<Columns::Column>& columns, const Told& all);
    [[nodiscard]] bool names_fit(const std::vector<Columns::Column>& columns,
                                 std::size_t lines) const;
};

}  // namespace ci::ladder
