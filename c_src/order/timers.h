// When RFC 3261 sends a message again: T1 after the first time (500 ms), then after intervals that
// double. Those of an INVITE go on doubling (timer A, 17.1.1.2); those of other requests and of
// final responses stop at T2, 4 s (timers E and G, 17.1.2.2 and 17.2.1, and 13.3.1.4).
#pragma once

#include <optional>

#include "wire/micros.h"

namespace ci::order {

/// Which time of these `elapsed` since the first transmission is: 1 for T1, 2 for 3 T1 ... Empty:
/// none of them; another timer, or somebody repeats for a reason of his own.
[[nodiscard]] std::optional<unsigned> timer_slot(wire::Micros elapsed, bool is_invite);

}  // namespace ci::order
