// Numbers as those write them who tell of media: in headers and bodies.
#pragma once

#include <optional>
#include <string_view>

namespace ci::calls {

/// "4.1"; empty: not such a number, or one beyond what is told here.
[[nodiscard]] std::optional<double> decimal(std::string_view text);
/// The value behind `NAME=` in texts like "MOSLQ=4.1 MOSCQ=4.0" or "PR=1200;PL=3,0".
[[nodiscard]] std::string_view value_of(std::string_view text, std::string_view name);
/// Empty: no MOS. Some write hundredths.
[[nodiscard]] std::optional<double> mos_of(std::optional<double> value);
/// Empty: beyond 100.
[[nodiscard]] std::optional<double> percent(std::optional<double> value);

}  // namespace ci::calls
