// What is known of a clock, as JSON: the format that `order` reads and that inspectors exchange.
//
//   {"observer": "10.0.0.1#101@0.0.0.0:9060", "at": "63962450204.066658", "offset": -3.2,
//    "spread": 0.0001, "drift": 2e-05, "since": "63962440000", "late": 3.1}
//
// All times are in seconds. `at` and `since` are Gregorian; they may be numbers, too. `drift`,
// `since` and `late` may be missing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "order/observe/clock.h"

namespace ci::order {

/// Empty: `json` is not such an object.
[[nodiscard]] std::optional<ClockPrior> read_clock(std::string_view json);
[[nodiscard]] std::string clock_json(const ClockPrior& prior);

/// Sorts priors as order() expects them: by observer, keeping the first one given of each.
void arrange(std::vector<ClockPrior>& priors);

}  // namespace ci::order
