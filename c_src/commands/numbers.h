// Numbers as users write them.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace ci::commands {

/// Empty: not a number of that type from the first to the last character.
template <class Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
    Number number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace ci::commands
