// Observers whose clocks only causes tie to the others. Causes only bound such a clock, but
// run_back() moves some of its messages to the times of their effects. The clock's other messages
// must move with them.
#pragma once

#include <vector>

#include "order/clocks/alignment.h"
#include "order/clocks/transmission.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// Lowers `times` (by transmission): a message read before another of the same clock is no later
/// than that one. Returns whether any time changed.
[[nodiscard]] bool move_together(const Timebase& timebase, const Alignment& alignment,
                                 const Transmissions& transmissions,
                                 std::vector<wire::Micros>& times);

}  // namespace ci::order
