// UTF-8 (RFC 3629: shortest form, no surrogates), for showing bytes that may not be UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ci::wire {

/// Bytes of the well-formed character that `text` begins with; 0: there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// Takes a character off the front of `text`, which must not be empty. False: the first byte begins
/// no character, and was taken as the character of the same number.
bool take_utf8(std::string_view& text, char32_t& character) noexcept;

/// The number of characters; empty: not UTF-8.
[[nodiscard]] std::optional<std::size_t> count_utf8(std::string_view text) noexcept;

/// False: there is no such character, and nothing was appended.
bool append_utf8(std::uint64_t character, std::string& out);

/// The length of the first piece of `text`, at most `most` bytes. UTF-8 characters are not split.
[[nodiscard]] std::size_t piece_length(std::string_view text, std::size_t most);

}  // namespace ci::wire
