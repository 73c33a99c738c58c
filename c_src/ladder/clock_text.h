// Times and clocks in words: "10:15:03.120", "+0.002", "clock 3.200 s behind".
#pragma once

#include <string>

#include "order/order.h"
#include "wire/micros.h"

namespace ci::ladder {

[[nodiscard]] std::string date(wire::Micros unix_micros);         ///< UTC, "2026-11-21"
[[nodiscard]] std::string time_of_day(wire::Micros unix_micros);  ///< UTC, cut to milliseconds
[[nodiscard]] std::string distance(wire::Micros later);           ///< "+0.002", seconds
[[nodiscard]] std::string since_start(wire::Micros later);        ///< "0.002", seconds
[[nodiscard]] std::string short_span(wire::Micros span);          ///< "3.5 s", "140 ms"

/// What was found out about an observer's clock, and from what evidence.
[[nodiscard]] std::string describe(const order::Clock& clock);

/// "its reports came 3.000 s late"; empty if they came at once.
[[nodiscard]] std::string describe(const order::Delivery& delivery);

}  // namespace ci::ladder
