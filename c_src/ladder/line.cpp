#include "ladder/line.h"

#include <algorithm>
#include <iterator>

#include "wire/utf8.h"

namespace ci::ladder {
namespace {

/// Select Graphic Rendition: faint, red, yellow; then the legs' colours.
constexpr std::string_view sgr[] = {"",         "\x1b[2m",  "\x1b[31m", "\x1b[33m", "\x1b[36m",
                                    "\x1b[32m", "\x1b[35m", "\x1b[34m", "\x1b[33m", "\x1b[31m"};
static_assert(std::size(sgr) == static_cast<std::size_t>(Ink::leg) + leg_inks);
constexpr std::string_view sgr_end = "\x1b[0m";

struct Stroke {
    char32_t drawn;
    char ascii;
};
constexpr Stroke strokes[] = {{U'│', '|'}, {U'─', '-'}, {U'┼', '+'}, {U'▶', '>'}, {U'◀', '<'},
                              {U'╳', 'X'}, {U'╌', '.'}, {U'●', '*'}, {U'↺', '@'}, {U'…', '~'}};

char in_ascii(char32_t character) {
    if (character < 0x80) return static_cast<char>(character);
    const auto* const found =
        std::find_if(std::begin(strokes), std::end(strokes),
                     [&](const Stroke& stroke) { return stroke.drawn == character; });
    return found == std::end(strokes) ? '?' : found->ascii;
}

}  // namespace

Ink ink_of_leg(std::size_t leg) noexcept {
    return static_cast<Ink>(static_cast<std::size_t>(Ink::leg) + leg % leg_inks);
}

void Line::put(std::size_t at, std::u32string_view text, Ink ink) {
    if (cells_.size() < at + text.size()) {
        cells_.resize(at + text.size(), U' ');
        inks_.resize(cells_.size(), Ink::plain);
    }
    const auto begin = static_cast<std::ptrdiff_t>(at);
    std::copy(text.begin(), text.end(), cells_.begin() + begin);
    std::fill_n(inks_.begin() + begin, text.size(), ink);
}

void Line::put_centred(std::size_t middle, std::u32string_view text, Ink ink) {
    put(middle - std::min(middle, text.size() / 2), text, ink);
}

void Line::put_before(std::size_t end, std::u32string_view text, Ink ink) {
    put(end - std::min(end, text.size()), text, ink);
}

void Line::append_to(std::string& out, bool colour, bool ascii) const {
    const std::size_t size = cells_.find_last_not_of(U' ') + 1;
    Ink now = Ink::plain;
    for (std::size_t i = 0; i < size; ++i) {
        const Ink next = cells_[i] == U' ' ? now : inks_[i];
        if (colour && next != now) {
            if (now != Ink::plain) out += sgr_end;
            out += sgr[static_cast<std::size_t>(next)];
            now = next;
        }
        if (ascii) {
            out += in_ascii(cells_[i] == 0 ? U'?' : cells_[i]);
        } else if (cells_[i] != 0) {  // the second cell of a wide character
            wire::append_utf8(cells_[i], out);
        }
    }
    if (now != Ink::plain) out += sgr_end;
    out += '\n';
}

}  // namespace ci::ladder
