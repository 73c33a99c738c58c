// Constants that readers of text share.
#pragma once

#include <string_view>

namespace ci::wire {

/// The position that string searches return if they find nothing.
inline constexpr auto npos = std::string_view::npos;
/// The end of a line of SIP (RFC 3261 7).
inline constexpr std::string_view crlf = "\r\n";

}  // namespace ci::wire
