// An arrow between two columns, and its texts: over it if there is room, else beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ladder/layout.h"
#include "ladder/line.h"

namespace ci::ladder {

struct Arrow {
    enum class Kind : std::uint8_t {
        whole,
        broken,  ///< it never reached the other end
        unseen,  ///< nobody saw it
    };
    std::size_t from = 0, to = 0;  ///< columns; the same: a host to itself
    Kind kind = Kind::whole;
    Ink ink = Ink::plain;
    std::u32string label, note;
};

/// Draws the columns' lines.
void draw_columns(const Layout& layout, std::size_t columns, Line& line);

/// The lines of one arrow over those of the columns, `at` of which is the arrow's own: a text for
/// which there is no room beside it stands above or below.
struct Drawn {
    std::vector<Line> lines;
    std::size_t at = 0;
};
[[nodiscard]] Drawn draw(const Arrow& arrow, const Layout& layout, std::size_t columns);

}  // namespace ci::ladder
