// Errors as problem details (RFC 9457).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "web/http/message.h"

namespace ci::web {

/// `detail` is one sentence for people. What strangers wrote may be in it: it is JSON here.
[[nodiscard]] Response problem(unsigned status, std::string_view detail);

/// With `column`, the place of a mistake in an expression: the first character is 1.
[[nodiscard]] Response problem_at(std::size_t column, std::string_view detail);

/// "Not Found".
[[nodiscard]] std::string_view reason_of(unsigned status) noexcept;

}  // namespace ci::web
