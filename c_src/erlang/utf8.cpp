#include "erlang/utf8.h"

namespace ci::erlang {
namespace {

constexpr bool is_character(std::uint64_t c) {
    return c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
}

}  // namespace

std::optional<std::size_t> count_utf8(std::string_view text) noexcept {
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++characters) {
        const auto lead = static_cast<unsigned char>(text[at++]);
        if (lead < 0x80) continue;
        const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
        if (lead < 0xc2 || lead > 0xf4 || text.size() - at < more) return std::nullopt;
        std::uint32_t character = lead & (0x3fU >> more);
        for (std::size_t i = 0; i < more; ++i) {
            const auto next = static_cast<unsigned char>(text[at++]);
            if ((next & 0xc0U) != 0x80) return std::nullopt;
            character = (character << 6U) | (next & 0x3fU);
        }
        const bool shortest = more == 1 || character >= (more == 2 ? 0x800U : 0x10000U);
        if (!shortest || !is_character(character)) return std::nullopt;
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

}  // namespace ci::erlang
