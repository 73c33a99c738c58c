// What a terminal may be given of texts that strangers wrote: no control that it would obey, and no
// character that turns the direction of others or is not seen.
//
// C0, DEL, C1 (ECMA-48: U+009B is CSI), bidirectional marks, embeddings, overrides and isolates
// (UAX 9), line and paragraph separators, zero-width and other invisible ones (Unicode's Cf), tags.
#pragma once

#include <string>
#include <string_view>

namespace ci::wire {

[[nodiscard]] bool is_hidden(char32_t character) noexcept;

/// The first hidden character but line feeds, or octet that is no UTF-8; npos: there is none.
[[nodiscard]] std::size_t find_hidden(std::string_view text) noexcept;

/// One line of valid UTF-8 of any bytes: `\n`, `\x1b`, `\u202e` in place of what is hidden, and
/// `\x9b` in place of a byte that is no UTF-8.
[[nodiscard]] std::string visible_line(std::string_view text);

/// For what has lines, or is JSON: line feeds stay, all that is hidden becomes `\u001b` or a pair
/// of them. JSON means the same as before, for in JSON these can only stand in strings.
[[nodiscard]] std::string visible(std::string text);

}  // namespace ci::wire
