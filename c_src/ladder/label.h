// What stands over an arrow: "INVITE (SDP)", "100 Trying", "200 OK (SDP)".
#pragma once

#include <string>
#include <string_view>

#include "chunk/chunk.h"

namespace ci::ladder {

/// Method, or status and reason; and whether it carries a session description. Of an event, what
/// happened.
[[nodiscard]] std::u32string label(const chunk::Chunk& chunk);

/// Text as it may be shown on a terminal, one code point a cell: controls, and the code points that
/// turn the direction of writing, become \n, \x1b, \u202e; so do bytes that are not UTF-8.
[[nodiscard]] std::u32string printable(std::string_view text);

/// At most `width` code points; what was cut leaves "…".
[[nodiscard]] std::u32string cut(std::u32string text, std::size_t width);

void append_utf8(std::u32string_view text, std::string& out);

}  // namespace ci::ladder
