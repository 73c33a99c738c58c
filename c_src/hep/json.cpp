#include "hep/json.h"

#include <charconv>
#include <cstddef>
#include <cstdint>

#include "wire/text.h"
#include "wire/utf8.h"

namespace ci::hep {
namespace {

using wire::npos;

void skip_any(std::string_view& text, std::string_view of) noexcept {
    const auto begin = text.find_first_not_of(of);
    text.remove_prefix(begin == npos ? text.size() : begin);
}

/// The closing quote of the string whose content begins at `at`; npos: there is none.
std::size_t closing_quote(std::string_view text, std::size_t at) noexcept {
    while (true) {
        at = text.find_first_of("\"\\", at);
        if (at == npos || text[at] == '"') return at;
        at += 2;  // skips an escape: an escaped quote does not close the string
        if (at > text.size()) return npos;
    }
}

/// Takes a string off the front of `text`, which begins with its opening quote. `is_cut`: the
/// closing quote is missing.
std::string_view next_string(std::string_view& text, bool& is_cut) noexcept {
    const auto end = closing_quote(text, 1);
    is_cut = end == npos;
    const auto content = text.substr(1, is_cut ? npos : end - 1);
    text.remove_prefix(is_cut ? text.size() : end + 1);
    return content;
}

/// Takes a number, a word, an object or an array off the front.
std::string_view next_other(std::string_view& text, bool& is_cut) noexcept {
    std::size_t depth = 0;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            at = closing_quote(text, at + 1);
            if (at == npos) break;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']' || c == ',') {
            if (depth == 0) break;
            if (c != ',') --depth;
        }
    }
    is_cut = at == npos || at == text.size();
    auto value = text.substr(0, at);
    text.remove_prefix(value.size());
    const auto last = value.find_last_not_of(" \t\r\n");
    return value.substr(0, last == npos ? 0 : last + 1);
}

/// The number of the four hexadecimal digits that `text` begins with. Empty: there are none.
std::optional<std::uint32_t> code_unit(std::string_view text) noexcept {
    if (text.size() < 4) return std::nullopt;
    std::uint32_t unit = 0;
    const auto read = std::from_chars(text.data(), text.data() + 4, unit, 16);
    if (read.ec != std::errc{} || read.ptr != text.data() + 4) return std::nullopt;
    return unit;
}

/// Appends the code point whose digits follow `\u`. Returns how many characters were used.
std::size_t append_code_point(std::string_view digits, std::string& out) {
    const auto unit = code_unit(digits);
    if (!unit) return 0;
    if (*unit >= 0xd800 && *unit < 0xdc00 && digits.substr(4).starts_with("\\u")) {
        const auto low = code_unit(digits.substr(6));
        if (low && *low >= 0xdc00 && *low < 0xe000) {
            wire::append_utf8(0x10000 + ((*unit - 0xd800) << 10U) + (*low - 0xdc00), out);
            return 10;
        }
    }
    if (!wire::append_utf8(*unit, out)) out.append("\\u").append(digits.substr(0, 4));
    return 4;
}

}  // namespace

std::optional<JsonMember> next_member(std::string_view& object) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    skip_any(object, " \t\r\n{,");
    if (!object.starts_with('"')) return std::nullopt;
    JsonMember member;
    member.name = next_string(object, member.is_cut);
    skip_any(object, blanks);
    if (member.is_cut || !object.starts_with(':')) return std::nullopt;
    object.remove_prefix(1);
    skip_any(object, blanks);
    member.is_string = object.starts_with('"');
    member.value =
        member.is_string ? next_string(object, member.is_cut) : next_other(object, member.is_cut);
    return member;
}

std::optional<JsonMember> find_member(std::string_view object, std::string_view name) noexcept {
    while (const auto member = next_member(object)) {
        if (member->name == name) return member;
    }
    return std::nullopt;
}

void append_unescaped(std::string_view escaped, std::string& out) {
    while (true) {
        const auto at = escaped.find('\\');
        out += escaped.substr(0, at);
        if (at == npos || at + 1 == escaped.size()) return;
        const char kind = escaped[at + 1];
        escaped.remove_prefix(at + 2);
        switch (kind) {
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'u':
                if (escaped.size() < 4) return;
                escaped.remove_prefix(append_code_point(escaped, out));
                break;
            default:
                out += kind;
                break;
        }
    }
}

}  // namespace ci::hep
