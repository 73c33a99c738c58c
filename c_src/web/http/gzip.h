// Packs what is sent (gzip, RFC 1952).
#pragma once

#include <string>
#include <string_view>

namespace ci::web {

/// From that many octets on it is worth the work.
inline constexpr std::size_t least_packed = 1'024;

/// `level`: 1 is quick, for answers; 9 is small, for pages.
[[nodiscard]] std::string gzip(std::string_view octets, int level);

}  // namespace ci::web
