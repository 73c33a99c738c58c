// Observers whose clocks nothing but causes ties to the others: these bound the clock, but part of
// what was seen moves on to where its effects are. The rest of the same clock's moves with it.
#pragma once

#include <vector>

#include "dialog/alignment.h"
#include "dialog/reading.h"
#include "dialog/transmission.h"
#include "wire/micros.h"

namespace ci::dialog {

/// `times`, by transmission: what was read before another of its own clock is no later than that.
/// Returns whether any was.
[[nodiscard]] bool move_together(const Readings& readings, const Alignment& alignment,
                                 const Transmissions& transmissions,
                                 std::vector<wire::Micros>& times);

}  // namespace ci::dialog
