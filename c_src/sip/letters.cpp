#include "sip/letters.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

namespace ci::sip {
namespace {

std::optional<unsigned> hex(std::string_view text, std::size_t at, std::size_t digits) noexcept {
    if (at > text.size() || text.size() - at < digits) return std::nullopt;
    const char* const begin = text.data() + at;
    unsigned value = 0;
    const auto read = std::from_chars(begin, begin + digits, value, 16);
    if (read.ec != std::errc{} || read.ptr != begin + digits) return std::nullopt;
    return value;
}

/// The control character that an escape such as `\n` stands for; 0: none.
char control(char name) noexcept {
    constexpr std::string_view names = "nrtvfb";
    constexpr std::string_view controls = "\n\r\t\v\f\b";
    const auto at = names.find(name);
    return at == std::string_view::npos ? '\0' : controls[at];
}

}  // namespace

Letters::Letters(std::string_view text) : text_(text) {
    is_plain_ =
        text.find('\\') == std::string_view::npos && text.find('%') == std::string_view::npos;
    if (is_plain_) return;
    letters_.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '\\') {
            read_backslashes(at);
        } else if (text[at] == '%') {
            read_percent(at);
        } else {
            letters_.push_back({static_cast<std::uint32_t>(at), text[at], 0});
            ++at;
        }
    }
}

void Letters::add(std::size_t offset, unsigned value, unsigned depth) {
    constexpr unsigned first_foreign = 0x80;  // all characters from here on are treated alike
    letters_.push_back({static_cast<std::uint32_t>(offset),
                        static_cast<char>(std::min(value, first_foreign)),
                        static_cast<std::uint8_t>(std::min(depth, in_uri - 1))});
}

void Letters::read_backslashes(std::size_t& at) {
    const std::size_t begin = at;
    at = std::min(text_.find_first_not_of('\\', at), text_.size());
    const auto count = static_cast<std::uint32_t>(at - begin);
    // At depth d a letter has 2^(d-1) backslashes, a quote 2^d - 1. Escaped backslashes before them
    // add multiples of a higher power of two, which leave the low bits alone.
    const auto depth_of_letter = static_cast<unsigned>(std::countr_zero(count)) + 1;
    const char c = at < text_.size() ? text_[at] : '\0';
    if (c == '"' || c == '\'' || c == '/') {
        add(begin, static_cast<unsigned char>(c), static_cast<unsigned>(std::countr_one(count)));
        ++at;
    } else if (const char meant = control(c); meant != 0) {
        add(begin, static_cast<unsigned char>(meant), depth_of_letter);
        ++at;
    } else if (const std::size_t digits = c == 'u' ? 4 : c == 'x' ? 2 : 0; digits != 0) {
        if (const auto value = hex(text_, at + 1, digits)) {
            add(begin, *value, depth_of_letter);
            at += 1 + digits;
        } else {
            add(begin, '\\', 0);
        }
    } else {
        add(begin, '\\', 0);
    }
}

void Letters::read_percent(std::size_t& at) {
    const std::size_t begin = at++;
    while (text_.substr(at, 2) == "25" && hex(text_, at + 2, 2)) at += 2;
    const auto value = hex(text_, at, 2);
    add(begin, value.value_or('%'), 0);
    if (!value) {
        at = begin + 1;
        return;
    }
    letters_.back().depth = in_uri;
    at += 2;
}

}  // namespace ci::sip
