// UTF-8 (RFC 3629: shortest form, no surrogates), for whoever must show bytes that may be none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ci::wire {

/// Bytes of the well-formed character that `text` begins with; 0: it begins with none.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// Takes a character off the front of what is not empty. False: a byte that begins none, taken as a
/// character of its number.
bool take_utf8(std::string_view& text, char32_t& character) noexcept;

/// The number of characters; empty: not UTF-8.
[[nodiscard]] std::optional<std::size_t> count_utf8(std::string_view text) noexcept;

/// False, and nothing is appended, if there is no such character.
bool append_utf8(std::uint64_t character, std::string& out);

}  // namespace ci::wire
