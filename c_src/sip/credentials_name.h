// Recognises the names of headers with credentials, and of parameters that are secret anywhere.
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
    std::size_t end = 0;  ///< the place behind the name
};

/// The name that begins at `at`, even if a fold divides it.
[[nodiscard]] std::optional<HeaderName> header_name(const Letters& letters, std::size_t at);

/// A quick test. False: none of the names that are looked for begins at `at`.
[[nodiscard]] bool may_begin_name(const Letters& letters, std::size_t at) noexcept;

/// The kind of a name that lost its beginning ("horization"). Empty: no name ends like this.
[[nodiscard]] std::optional<Kind> kind_of_cut_name(std::string_view name) noexcept;

/// The place behind the word at `at` if that word is `name`; else 0.
[[nodiscard]] std::size_t word_end(const Letters& letters, std::size_t at, std::string_view name);

/// Characters of a name: fewer than in RFC 3261's `token`, because quotes and asterisks end a name.
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

/// A place at or before the next sign of a header's or proof's name, or of an escape or fold that
/// may hide one. npos: there is none from `from` on. Fast, because most messages have none.
[[nodiscard]] std::size_t next_anchor(std::string_view text, std::size_t from = 0) noexcept;

}  // namespace ci::sip
