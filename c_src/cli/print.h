// All that the program prints: nothing that a terminal would obey.
#pragma once

#include <string>
#include <string_view>

namespace ci::cli {

/// One line to standard error, the program's name in front.
void complain(std::string_view what);

/// Lines or JSON to standard output; false: it cannot be written.
[[nodiscard]] bool print(std::string text);
/// To standard error.
void print_error(std::string text);

}  // namespace ci::cli
