// All that the program prints, without control characters that a terminal would obey.
#pragma once

#include <string>
#include <string_view>

namespace ci::cli {

/// Prints one line with the program's name to standard error.
void complain(std::string_view what);

/// Prints lines or JSON to standard output. False: the output cannot be written.
[[nodiscard]] bool print(std::string text);
/// Likewise, with the colours in it.
[[nodiscard]] bool print_coloured(const std::string& text);
/// Prints to standard error.
void print_error(std::string text);

}  // namespace ci::cli
