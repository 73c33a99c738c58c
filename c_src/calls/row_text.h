// Texts of a row: short, valid UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "calls/row.h"
#include "chunk/chunk.h"
#include "sip/text.h"
#include "wire/utf8.h"

namespace ci::calls {

/// The text as JSON shows it, cut to `longest_text` octets between two characters.
inline std::string bounded(std::string_view text) {
    constexpr std::size_t longest_character = 4;
    std::string all = chunk::to_utf8(text.substr(0, longest_text + longest_character));
    std::size_t end = 0;
    while (end < all.size()) {
        const std::size_t length = wire::utf8_length(std::string_view(all).substr(end));
        if (end + length > longest_text) break;
        end += length;
    }
    all.resize(end);
    return all;
}

inline std::string lower(std::string text) {
    for (char& c : text) c = sip::to_lower(c);
    return text;
}

}  // namespace ci::calls
