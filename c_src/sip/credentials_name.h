// Names of headers with credentials, and of parameters that are secret wherever they stand.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "sip/credentials_value.h"
#include "sip/letters.h"

namespace ci::sip {

struct HeaderName {
    Kind kind = Kind::credentials;
    std::size_t end = 0;  ///< behind the name
};

/// The header's name that begins at `at`, folded within or not.
[[nodiscard]] std::optional<HeaderName> header_name(const Letters& letters, std::size_t at);

/// False, soon: none of the names that are looked for in texts begins at `at`.
[[nodiscard]] bool may_begin_name(const Letters& letters, std::size_t at) noexcept;

/// Of a name that lost its beginning: "horization". Empty: it is the end of none.
[[nodiscard]] std::optional<Kind> kind_of_cut_name(std::string_view name) noexcept;

/// Behind the word that begins at `at` if it is `name`; else 0.
[[nodiscard]] std::size_t word_end(const Letters& letters, std::size_t at, std::string_view name);

/// What names are made of. Less than RFC 3261's `token`: quotes and asterisks divide names, too.
inline constexpr auto word_characters = [] {
    std::array<bool, 256> table{};
    table['-'] = table['_'] = true;
    for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
    return table;
}();
[[nodiscard]] constexpr bool is_word(char c) noexcept {
    return word_characters[static_cast<unsigned char>(c)];
}

/// Before what names of headers have, or of a proof, or what may hide them: an escape, a fold.
/// npos: no header is named behind `from`. Fast: most messages have none.
[[nodiscard]] std::size_t next_anchor(std::string_view text, std::size_t from = 0) noexcept;

}  // namespace ci::sip
