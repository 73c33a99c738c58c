// UTF-8 character by character (RFC 3629), for the JSON writer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ci::chunk {

/// Bytes of the well-formed character that `text` begins with; 0: it begins with none.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

/// The UTF-8 form of U+0080 to U+00FF. `byte` is at least 0x80.
void append_latin1(unsigned char byte, std::string& out);

}  // namespace ci::chunk
