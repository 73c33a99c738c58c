#include "wire/base64.h"

#include <array>
#include <cstdint>

namespace ci::wire {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t none = 64;

constexpr auto values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(none);
    for (std::uint8_t i = 0; i < none; ++i) table[static_cast<unsigned char>(alphabet[i])] = i;
    return table;
}();

}  // namespace

void append_base64(std::string_view bytes, std::string& out) {
    out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
    while (!bytes.empty()) {
        const std::string_view three = bytes.substr(0, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits = bits << 8U | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            out += i <= three.size() ? alphabet[bits >> (18U - 6U * i) & 63U] : '=';
        }
        bytes.remove_prefix(three.size());
    }
}

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    text.remove_suffix(padding);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    std::size_t pending = 0;  // bits that are not a whole byte yet
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(c)];
        if (value == none) return std::nullopt;
        bits = bits << 6U | value;
        pending += 6;
        if (pending < 8) continue;
        pending -= 8;
        bytes += static_cast<char>(bits >> pending & 0xFFU);
    }
    // The bits beside the last byte are zero, so each text stands for other bytes.
    if ((bits & ((1U << pending) - 1U)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace ci::wire
