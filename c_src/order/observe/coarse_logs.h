// Logs that stamp whole seconds, or not at all: they tell in which order their messages passed, and
// in which second, but neither their stamps nor the time of reading tell when. Beside other
// observers of the same messages they are left out until the others' order is known
// (clocks/log_places.h).
#pragma once

#include "order/observe/observation.h"

namespace ci::order {

/// Moves what such logs report from `all` to `in_coarse_logs`, log by log in the order of the
/// lines, if others saw some of the messages.
void take_coarse_logs(Observations& observations);

}  // namespace ci::order
