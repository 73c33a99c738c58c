// One header line (RFC 3261 7.3.1): a name, HCOLON (blanks around the colon are allowed), a value.
#pragma once

#include <optional>
#include <string_view>

#include "sip/message.h"

namespace ci::sip {

/// Empty: the line has no colon, or no name before it.
[[nodiscard]] std::optional<Header> split_header(std::string_view line) noexcept;

}  // namespace ci::sip
