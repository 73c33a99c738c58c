#include "wire/visible.h"

#include <algorithm>

#include "wire/text.h"
#include "wire/utf8.h"

namespace ci::wire {
namespace {

constexpr struct {
    char32_t first, last;
} hidden[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},      {0x61c, 0x61c},
              {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f},
              {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}};

void append_hex(char32_t value, unsigned digits, std::string& out) {
    for (unsigned left = digits; left > 0; --left) {
        out += "0123456789abcdef"[(value >> (4 * (left - 1))) & 0xfU];
    }
}

/// A JSON escape (RFC 8259 7); characters beyond U+FFFF become a surrogate pair.
void append_unit(char32_t character, std::string& out) {
    constexpr char32_t plane = 0x10000;
    if (character >= plane) {
        append_unit(0xd800 + ((character - plane) >> 10U), out);
        append_unit(0xdc00 + ((character - plane) & 0x3ffU), out);
        return;
    }
    out += "\\u";
    append_hex(character, 4, out);
}

void append_on_a_line(char32_t character, bool is_byte, std::string& out) {
    constexpr std::string_view named = "\n\r\t";
    if (const auto at = character < 0x80 ? named.find(static_cast<char>(character)) : npos;
        at != npos) {
        out += '\\';
        out += "nrt"[at];
    } else if (is_byte || character < 0x80) {
        out += "\\x";
        append_hex(character, 2, out);
    } else {
        append_unit(character, out);
    }
}

}  // namespace

bool is_hidden(char32_t character) noexcept {
    if (character >= ' ' && character < 0x7f) return false;
    return std::any_of(std::begin(hidden), std::end(hidden), [character](const auto& range) {
        return character >= range.first && character <= range.last;
    });
}

std::size_t find_hidden(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if ((byte >= ' ' && byte < 0x7f) || byte == '\n') {
            ++at;
            continue;
        }
        auto rest = text.substr(at);
        char32_t character = 0;
        if (!take_utf8(rest, character) || is_hidden(character)) return at;
        at = text.size() - rest.size();
    }
    return npos;
}

std::string visible_line(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto before = text;
        char32_t character = 0;
        const bool is_valid = take_utf8(text, character);
        if (!is_valid || is_hidden(character)) {
            append_on_a_line(character, !is_valid, out);
        } else {
            out += before.substr(0, before.size() - text.size());
        }
    }
    return out;
}

std::string visible(std::string text) {
    std::size_t at = find_hidden(text);
    if (at == npos) return text;  // the usual case
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    std::string_view rest = text;
    for (; at != npos; at = find_hidden(rest)) {
        out += rest.substr(0, at);
        rest.remove_prefix(at);
        char32_t character = 0;
        take_utf8(rest, character);
        append_unit(character, out);
    }
    out += rest;
    return out;
}

std::string visible_coloured(std::string_view text) {
    constexpr std::string_view begin = "\x1b[";
    std::string out;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t escape = std::min(text.find(begin, from), text.size());
        const std::size_t digits = std::min(escape + begin.size(), text.size());
        const std::size_t last = text.find_first_not_of("0123456789", digits);
        const bool is_sgr = last != npos && last > digits && text[last] == 'm';
        out += visible(std::string(text.substr(from, (is_sgr ? escape : digits) - from)));
        if (is_sgr) out += text.substr(escape, last + 1 - escape);
        from = is_sgr ? last + 1 : digits;
    }
    return out;
}

}  // namespace ci::wire
