#include "wire/utf8.h"

#include <cstring>

namespace ci::wire {
namespace {

/// RFC 3629 section 4: the first byte tells how many bytes follow and bounds the second.
struct Lead {
    unsigned char first, last, length, second_min, second_max;
};
constexpr Lead leads[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

/// Size in bytes of the whole machine words of ASCII that `text` begins with: a fast path, because
/// nearly all SIP is ASCII.
std::size_t ascii_length(std::string_view text) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & high_bits) != 0) break;
    }
    return at;
}

constexpr bool is_character(std::uint64_t c) {
    return c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (text.empty()) return 0;
    if (byte(0) < 0x80) return 1;
    for (const Lead& lead : leads) {
        if (byte(0) < lead.first || byte(0) > lead.last) continue;
        if (text.size() < lead.length) return 0;
        if (byte(1) < lead.second_min || byte(1) > lead.second_max) return 0;
        for (std::size_t i = 2; i < lead.length; ++i) {
            if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
        }
        return lead.length;
    }
    return 0;
}

bool take_utf8(std::string_view& text, char32_t& character) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = utf8_length(text);
    character = length < 2 ? byte(0) : byte(0) & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) character = (character << 6U) | (byte(i) & 0x3fU);
    text.remove_prefix(length == 0 ? 1 : length);
    return length != 0;
}

std::optional<std::size_t> count_utf8(std::string_view text) noexcept {
    std::size_t characters = 0;
    while (!text.empty()) {
        if (const std::size_t plain = ascii_length(text); plain > 0) {
            characters += plain;
            text.remove_prefix(plain);
            continue;
        }
        ++characters;
        const std::size_t length = utf8_length(text);
        if (length == 0) return std::nullopt;
        text.remove_prefix(length);
    }
    return characters;
}

bool append_utf8(std::uint64_t character, std::string& out) {
    if (!is_character(character)) return false;
    const auto c = static_cast<std::uint32_t>(character);
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    const auto rest = [&put, c](unsigned shift) { put(0x80U | ((c >> shift) & 0x3fU)); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0U | (c >> 6U));
        rest(0);
    } else if (c < 0x10000) {
        put(0xe0U | (c >> 12U));
        rest(6);
        rest(0);
    } else {
        put(0xf0U | (c >> 18U));
        rest(12);
        rest(6);
        rest(0);
    }
    return true;
}

std::size_t piece_length(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text.size();
    constexpr std::size_t longest_character = 4;
    const auto continues = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    std::size_t length = most;
    while (continues(length) && most - length < longest_character) --length;
    return continues(length) ? most : length;
}

}  // namespace ci::wire
