// The text over an arrow: "INVITE", "100 Trying", "200 OK"; and what makes texts fit for cells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"

namespace ci::ladder {

/// The method, or the status and reason. Of an event that is not a message, what happened.
[[nodiscard]] std::u32string label(const chunk::Chunk& chunk);

[[nodiscard]] bool has_sdp(const chunk::Chunk& chunk);

/// Text that is safe to show on a terminal, one code point a cell. Control characters, code points
/// that change the direction of writing, and bytes that are not UTF-8 are escaped: \n, \x1b,
/// \u202e; so are marks that combine with the character before. A wide character (UAX 11) is
/// followed by U+0000 for its second cell.
[[nodiscard]] std::u32string printable(std::string_view text);

/// At most `width` code points; "…" marks a cut.
[[nodiscard]] std::u32string cut(std::u32string text, std::size_t width);

/// `text` in lines of at most `width` cells, broken at blanks where there are any.
[[nodiscard]] std::vector<std::u32string> wrapped(std::u32string_view text, std::size_t width);

}  // namespace ci::ladder
