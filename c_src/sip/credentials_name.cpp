#include "sip/credentials_name.h"

#include <algorithm>

#include "sip/text.h"

namespace ci::sip {
namespace {

constexpr struct {
    std::string_view name;
    Kind kind;
} headers[] = {{"authorization", Kind::credentials},
               {"proxy-authorization", Kind::credentials},
               {"authentication-info", Kind::info},
               {"proxy-authentication-info", Kind::info},
               {"www-authenticate", Kind::challenge},
               {"proxy-authenticate", Kind::challenge},
               {"x-auth-token", Kind::token}};

/// Behind what may stand within a name: a line end and what folds it.
std::size_t behind_fold(const Letters& letters, std::size_t at) noexcept {
    std::size_t end = at;
    while (end < letters.size() && letters.is_line_end(end)) ++end;
    if (end == at || end == letters.size() || !letters.is_space(end)) return at;
    while (end < letters.size() && letters.is_space(end)) ++end;
    return end;
}

bool has_anchor(const char* p, std::size_t count) noexcept {
    unsigned char found = 0;
    const auto bit = [](bool is) { return static_cast<unsigned char>(is); };
    for (std::size_t i = 0; i < count; ++i) {
        const auto a = static_cast<unsigned char>(p[i]);
        const auto b = static_cast<unsigned char>(p[i + 1]);
        const auto c = static_cast<unsigned char>(p[i + 2]);
        const auto low_a = static_cast<unsigned char>(a | 0x20U);
        const auto low_b = static_cast<unsigned char>(b | 0x20U);
        const auto low_c = static_cast<unsigned char>(c | 0x20U);
        const auto uth = bit(low_a == 'u') & bit(low_b == 't') & bit(low_c == 'h');
        const auto pon = bit(low_a == 'p') & bit(low_b == 'o') & bit(low_c == 'n');
        const auto escape = bit(a == '\\') | bit(a == '%');
        const auto space = bit(b == ' ') | bit(b == '\t') | bit(b == '\v') | bit(b == '\f');
        const auto fold = (bit(a == '\n') | bit(a == '\r')) & space;
        found = static_cast<unsigned char>(found | uth | pon | escape | fold);
    }
    return found != 0;
}

}  // namespace

bool is_word(char c) noexcept {
    return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '_';
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
    constexpr std::size_t least = 2;  // "n:" is a header of its own
    if (name.size() < least) return std::nullopt;
    for (const auto& header : headers) {
        if (name.size() > header.name.size()) continue;
        const auto tail = header.name.substr(header.name.size() - name.size());
        if (equal_without_case(name, tail)) return header.kind;
    }
    return std::nullopt;
}

bool may_name_credentials(std::string_view text) noexcept {
    // All names have "uth" or "pon"; an escape or a fold may hide them. Blocks: compilers make
    // vectors of the inner loop.
    constexpr std::size_t block = 64;
    constexpr std::size_t ahead = 2;
    std::size_t at = 0;
    for (; at + block + ahead <= text.size(); at += block) {
        if (has_anchor(text.data() + at, block)) return true;
    }
    char rest[block + 2 * ahead] = {};
    const auto left = text.substr(at);
    std::copy(left.begin(), left.end(), rest);
    return has_anchor(rest, left.size());
}

}  // namespace ci::sip
