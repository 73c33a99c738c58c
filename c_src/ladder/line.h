// One line of a drawing: cells with a character and an ink.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ci::ladder {

/// `leg`: the first of `leg_inks` colours, which follow each other.
enum class Ink : std::uint8_t { plain, dim, error, warning, leg };
inline constexpr std::size_t leg_inks = 6;

[[nodiscard]] Ink ink_of_leg(std::size_t leg) noexcept;

class Line {
  public:
    /// Texts are of one code point a cell (label.h, printable).
    void put(std::size_t at, std::u32string_view text, Ink ink = Ink::plain);
    void put_centred(std::size_t middle, std::u32string_view text, Ink ink = Ink::plain);
    void put_before(std::size_t end, std::u32string_view text, Ink ink = Ink::plain);

    /// Appends the line with a line feed, without blanks at its end.
    void append_to(std::string& out, bool colour, bool ascii) const;

  private:
    std::u32string cells_;
    std::vector<Ink> inks_;
};

}  // namespace ci::ladder
