// Observers whose clocks nothing but causes ties to the others: these bound the clock, but part of
// what was seen moves on to where its effects are. The rest of the same clock's moves with it.
#pragma once

#include <vector>

#include "order/clocks/alignment.h"
#include "order/clocks/transmission.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// `times`, by transmission: what was read before another of its own clock is no later than that.
/// Returns whether any was.
[[nodiscard]] bool move_together(const Timebase& timebase, const Alignment& alignment,
                                 const Transmissions& transmissions,
                                 std::vector<wire::Micros>& times);

}  // namespace ci::order
