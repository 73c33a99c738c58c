// The clock that the others are measured by, and whether its date is plausible.
//
// Arrivals are read from the collector's own clock. That clock may be wrong, and messages may
// arrive late: recordings are imported and replayed years later. But no message arrives before it
// was sent. Therefore a clock
//
//   near the arrivals       is plausible: the collector agrees with it
//   behind the arrivals     is plausible: its messages may have arrived late
//   ahead by minutes        is plausible only if a second observer's clock agrees with it: then
//                           the collector's clock is wrong
//   ahead by 70 years       is not: the sender sent seconds since 1900 (NTP) as Unix time
//   before there was SIP    is not: the clock was never set
//
// Among plausible clocks the date that most observers agree on wins, with the collector counted as
// an observer; among equals the one near the arrivals; then the observer that saw most messages.
#pragma once

#include <cstdint>
#include <vector>

#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// How an epoch's clock looks against the collector's.
enum class Standing : std::uint8_t { near, behind, ahead, from_1900, never_set };

[[nodiscard]] Standing standing(const Epoch& epoch);
/// Late arrival cannot explain the difference, so it is worth reporting.
[[nodiscard]] bool is_doubtful(const Epoch& epoch);

struct CommonClock {
    std::uint32_t epoch = 0;
    /// How far the clock is ahead of the arrivals if no clock has a plausible date. Common times
    /// have it subtracted.
    wire::Micros ahead = 0;
    bool by_arrival = false;  ///< common times are dated by arrivals: `ahead` was subtracted
};

/// Chosen among the epochs with a clock, if any has one.
[[nodiscard]] CommonClock common_clock(const std::vector<Epoch>& epochs);

/// Indexes of epochs, the most trusted first: those with a clock, then those whose arrivals are not
/// bunched, then those with most observations.
[[nodiscard]] std::vector<std::uint32_t> by_weight(const std::vector<Epoch>& epochs);

}  // namespace ci::order
