// The colours that FreeSWITCH's consoles put around a line (mod_console).
#pragma once

#include <string>
#include <string_view>

namespace ci::logs {

inline constexpr char escape = '\x1b';

/// The text without its colour codes, "ESC [ ... m". Other uses of ESC stay.
[[nodiscard]] std::string without_colours(std::string_view text);

}  // namespace ci::logs
