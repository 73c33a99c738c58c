// Whose clock the others are measured by, and whether its date can be believed.
//
// Arrivals are the collector's own clock. It may be wrong, and what arrives may be old: recordings
// are imported and replayed years later. But nothing arrives before it was sent. So
//
//   a clock near the arrivals         is plausible: the collector agrees with it
//   one behind them                   is plausible: what it stamped may have come late
//   one ahead of them by minutes      only if a second observer's agrees with it: then it is the
//                                     collector's that is wrong
//   one ahead by the years from 1900  is not: seconds since 1900 (NTP) were taken for Unix's
//   one before there was SIP          is not: it was never set
//
// Of those that are plausible the date counts that most observers agree on, the collector being
// one; of equals the one near the arrivals. In this, the observer who saw most.
#pragma once

#include <cstdint>
#include <vector>

#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// How an epoch's clock looks against the collector's.
enum class Standing : std::uint8_t { near, behind, ahead, from_1900, never_set };

[[nodiscard]] Standing standing(const Epoch& epoch);
/// Nothing that is late explains it: it is worth telling.
[[nodiscard]] bool is_doubtful(const Epoch& epoch);

struct CommonClock {
    std::uint32_t epoch = 0;
    /// How far it is ahead of any plausible date, where none is better; common times are without
    /// it.
    wire::Micros ahead = 0;
    bool by_arrival = false;  ///< times are dated by arrivals: `ahead` is what was taken off
};

/// Of the epochs with a clock, if any has one.
[[nodiscard]] CommonClock common_clock(const std::vector<Epoch>& epochs);

/// Numbers of epochs, those to be trusted most first: with a clock, not a log, seen most.
[[nodiscard]] std::vector<std::uint32_t> by_weight(const std::vector<Epoch>& epochs);

}  // namespace ci::order
