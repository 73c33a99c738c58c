#include "ladder/label.h"

#include <algorithm>
#include <iterator>

#include "sip/message.h"
#include "wire/utf8.h"
#include "wire/visible.h"

namespace ci::ladder {
namespace {

struct Range {
    char32_t first, last;
};
/// East Asian Wide and Fullwidth, and emoji (UAX 11).
constexpr Range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                          {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                          {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                          {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
                          {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};
/// Marks that take no cell of their own.
constexpr Range combining[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},   {0x64b, 0x65f},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};

template <std::size_t n>
bool is_in(const Range (&ranges)[n], char32_t character) {
    return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& range) {
        return range.first <= character && character <= range.last;
    });
}

void append_escaped(char32_t character, std::u32string& out) {
    constexpr std::u32string_view digits = U"0123456789abcdef";
    out += U"\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += digits[character >> shift & 0xfU];
}

}  // namespace

bool has_sdp(const chunk::Chunk& chunk) {
    if (!chunk.event.empty()) return false;
    const auto message = sip::parse(chunk.message);
    if (!message || message->body.empty()) return false;
    return message->body.starts_with("v=0") ||
           message->body.find("application/sdp") != std::string_view::npos;
}

std::u32string printable(std::string_view text) {
    const std::string line = wire::visible_line(text);
    std::u32string out;
    for (std::string_view rest = line; !rest.empty();) {
        char32_t character = 0;
        wire::take_utf8(rest, character);
        if (is_in(combining, character)) {
            append_escaped(character, out);
            continue;
        }
        out += character;
        if (is_in(wide, character)) out += U'\0';
    }
    return out;
}

std::u32string cut(std::u32string text, std::size_t width) {
    if (text.size() <= width) return text;
    const bool splits = width > 0 && text[width - 1] == 0;
    text.resize(width);
    if (width > 0) text.back() = U'…';
    if (splits && width > 1) text[width - 2] = U' ';
    return text;
}

std::vector<std::u32string> wrapped(std::u32string_view text, std::size_t width) {
    std::vector<std::u32string> lines;
    while (text.size() > width) {
        const std::size_t blank = text.substr(0, width + 1).rfind(U' ');
        std::size_t size = blank == std::u32string_view::npos || blank == 0 ? width : blank;
        if (size > 1 && text[size] == 0) --size;  // not between the cells of a wide character
        lines.emplace_back(text.substr(0, size));
        text.remove_prefix(size);
        while (text.starts_with(U' ')) text.remove_prefix(1);
    }
    lines.emplace_back(text);
    return lines;
}

std::u32string label(const chunk::Chunk& chunk) {
    if (!chunk.event.empty()) return printable(chunk.label);
    const std::string_view line = chunk.label;
    const auto space = std::min(line.find(' '), line.size());
    const bool response =
        line.size() >= 4 && (line.starts_with("SIP/") || line.starts_with("sip/"));
    std::string_view shown =
        response ? line.substr(std::min(space + 1, line.size())) : line.substr(0, space);
    shown =
        shown.substr(0, shown.find(" -- "));  // Kamailio: "100 trying -- your call is important"
    std::u32string text = printable(shown);
    if (text.empty()) text.push_back(U'?');
    return text;
}

}  // namespace ci::ladder
