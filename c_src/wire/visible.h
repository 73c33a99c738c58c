// Makes texts from outsiders safe to show on a terminal: no control character takes effect, no
// character changes the direction of others, and none is invisible.
//
// Hidden characters: C0, DEL, C1 (ECMA-48: U+009B is CSI), bidirectional marks, embeddings,
// overrides and isolates (UAX 9), line and paragraph separators, zero-width and other invisible
// characters (Unicode's Cf), tags.
#pragma once

#include <string>
#include <string_view>

namespace ci::wire {

[[nodiscard]] bool is_hidden(char32_t character) noexcept;

/// The first hidden character other than a line feed, or the first byte that is not UTF-8; npos:
/// there is none.
[[nodiscard]] std::size_t find_hidden(std::string_view text) noexcept;

/// Turns any bytes into one line of valid UTF-8: hidden characters become `\n`, `\x1b`, `\u202e`,
/// and a byte that is not UTF-8 becomes `\x9b`.
[[nodiscard]] std::string visible_line(std::string_view text);

/// For text with lines, or JSON: line feeds stay, and a hidden character becomes `\u001b` or a
/// surrogate pair of such. JSON keeps its meaning, because it can only hold such characters in
/// strings.
[[nodiscard]] std::string visible(std::string text);

/// Likewise for a text that was coloured here, after what strangers wrote was made visible: SGR
/// sequences (ECMA-48 8.3.117: ESC [ digits m) stay.
[[nodiscard]] std::string visible_coloured(std::string_view text);

}  // namespace ci::wire
