// Where the messages of coarse logs (observe/coarse_logs.h) belong among those of other observers.
//
// A line whose message others saw is one of their transmissions: of several the one in its second,
// between the transmissions of the lines before and behind it. What only the log tells is placed
// between these, in its second. So a log adds messages and order, and no time.
#pragma once

#include <vector>

#include "order/clocks/alignment.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// Moves `observations.in_coarse_logs` to the end of `observations.all`, and adds them to all the
/// others. `hosts`: by observer, its host (observer_hosts.h).
void place_coarse_logs(Observations& observations, const std::vector<Symbol>& hosts,
                       Timebase& timebase, Alignment& alignment, Transmissions& transmissions);

}  // namespace ci::order
