#include "index/file_key.h"

namespace ci::index {
namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

FileKey file_key(std::string_view relative) {
    FileKey key;
    int high = -1;
    for (const char c : relative) {
        const int digit = hex_digit(c);
        if (digit < 0) continue;
        if (high < 0) {
            high = digit;
        } else {
            key += static_cast<char>(high * 16 + digit);
            high = -1;
        }
    }
    return key.size() == 16 && high < 0 ? key : FileKey();
}

std::string relative_of(std::string_view file_key) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string relative;
    for (std::size_t i = 0; i < file_key.size(); ++i) {
        if (i == 1 || i == 2) relative += '/';
        const auto octet = static_cast<unsigned char>(file_key[i]);
        relative += digits[octet >> 4U];
        relative += digits[octet & 15U];
    }
    return relative;
}

}  // namespace ci::index
