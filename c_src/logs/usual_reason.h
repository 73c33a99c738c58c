// The reason phrases that responses usually have.
#pragma once

#include <string_view>

namespace ci::logs {

/// "Ringing" for "180"; empty: there is no usual one.
[[nodiscard]] std::string_view usual_reason(std::string_view code) noexcept;

}  // namespace ci::logs
