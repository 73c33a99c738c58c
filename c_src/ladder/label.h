// The text over an arrow: "INVITE (SDP)", "100 Trying", "200 OK (SDP)".
#pragma once

#include <string>
#include <string_view>

#include "chunk/chunk.h"

namespace ci::ladder {

/// The method, or the status and reason, and whether the message carries a session description. Of
/// an event that is not a message, what happened.
[[nodiscard]] std::u32string label(const chunk::Chunk& chunk);

/// Text that is safe to show on a terminal, one code point a cell. Control characters, code points
/// that change the direction of writing, and bytes that are not UTF-8 are escaped: \n, \x1b,
/// \u202e.
[[nodiscard]] std::u32string printable(std::string_view text);

/// At most `width` code points; "…" marks a cut.
[[nodiscard]] std::u32string cut(std::u32string text, std::size_t width);

void append_utf8(std::u32string_view text, std::string& out);

}  // namespace ci::ladder
