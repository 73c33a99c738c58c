#include "sip/credentials_name.h"

#include <algorithm>
#include <cstring>

#include "sip/text.h"

namespace ci::sip {
namespace {

constexpr struct {
    std::string_view name;
    Kind kind;
} headers[] = {{"authorization", Kind::credentials},  {"proxy-authorization", Kind::credentials},
               {"authentication-info", Kind::info},   {"proxy-authentication-info", Kind::info},
               {"www-authenticate", Kind::challenge}, {"proxy-authenticate", Kind::challenge},
               {"x-auth-token", Kind::token}};

/// The place behind a fold at `at`: line ends and the blanks behind them; `at` if there is none.
std::size_t behind_fold(const Letters& letters, std::size_t at) noexcept {
    std::size_t end = at;
    while (end < letters.size() && letters.is_line_end(end)) ++end;
    if (end == at || end == letters.size() || !letters.is_space(end)) return at;
    while (end < letters.size() && letters.is_space(end)) ++end;
    return end;
}

/// Sixteen octets at once; GCC and clang compile the vector type for any machine.
using Octets = unsigned char __attribute__((vector_size(16)));

Octets load(const char* from) noexcept {
    Octets octets;
    std::memcpy(&octets, from, sizeof octets);
    return octets;
}

/// Marks each octet that begins "uth" or "pon" (all header names and `response` have one of them),
/// an escape or a fold. Reads two octets beyond the sixteen.
auto anchors(const char* from) noexcept {
    const Octets a = load(from), b = load(from + 1);
    const Octets low_a = a | 0x20, low_b = b | 0x20, low_c = load(from + 2) | 0x20;
    const auto uth = (low_a == 'u') & (low_b == 't') & (low_c == 'h');
    const auto pon = (low_a == 'p') & (low_b == 'o') & (low_c == 'n');
    const auto space = (b == ' ') | (b == '\t') | (b == '\v') | (b == '\f');
    const auto fold = ((a == '\n') | (a == '\r')) & space;
    return uth | pon | fold | (a == '\\') | (a == '%');
}

bool is_any(const auto& octets) noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, &octets, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

}  // namespace

bool may_begin_name(const Letters& letters, std::size_t at) noexcept {
    if (at + 1 >= letters.size()) return false;
    const char second = to_lower(letters[at + 1]);
    if (letters.is_line_end(at + 1)) return true;  // folded
    switch (to_lower(letters[at])) {
        case 'a':
            return second == 'u';
        case 'b':
            return second == 'a' || second == 'e';
        case 'c':
        case 'i':
            return second == 'k';
        case 'd':
            return second == 'i';
        case 'p':
            return second == 'r';
        case 'r':
            return second == 'e' || second == 's';
        case 'w':
            return second == 'w';
        case 'x':
            return second == '-';
        default:
            return false;
    }
}

std::size_t word_end(const Letters& letters, std::size_t at, std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (i > 0) at = behind_fold(letters, at);
        if (at == letters.size() || to_lower(letters[at]) != name[i]) return 0;
        ++at;
    }
    return at < letters.size() && is_word(letters[at]) ? 0 : at;
}

std::optional<HeaderName> header_name(const Letters& letters, std::size_t at) {
    const char first = to_lower(letters[at]);
    if (first != 'a' && first != 'p' && first != 'w' && first != 'x') return std::nullopt;
    for (const auto& header : headers) {
        const auto end = word_end(letters, at, header.name);
        if (end != 0) return HeaderName{header.kind, end};
    }
    return std::nullopt;
}

std::optional<Kind> kind_of_cut_name(std::string_view name) noexcept {
    constexpr std::size_t least = 2;  // "n:" is a whole header name
    if (name.size() < least) return std::nullopt;
    for (const auto& header : headers) {
        if (name.size() > header.name.size()) continue;
        const auto tail = header.name.substr(header.name.size() - name.size());
        if (equal_without_case(name, tail)) return header.kind;
    }
    return std::nullopt;
}

std::size_t next_anchor(std::string_view text, std::size_t at) noexcept {
    constexpr std::size_t step = sizeof(Octets);
    constexpr std::size_t ahead = 2;
    for (; at + step + ahead <= text.size(); at += step) {
        if (is_any(anchors(text.data() + at))) return at;
    }
    char rest[2 * step + ahead] = {};
    const auto left = text.substr(at);
    std::copy(left.begin(), left.end(), rest);
    const bool has_one = is_any(anchors(rest)) || is_any(anchors(rest + step));
    return has_one ? at : std::string_view::npos;
}

}  // namespace ci::sip
