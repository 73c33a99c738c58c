// Base64 with padding (RFC 4648 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ci::wire {

void append_base64(std::string_view bytes, std::string& out);

/// Empty: not what append_base64() writes.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace ci::wire
