// Links that bring reports late: TCP that buffers, an agent that spools while the collector is
// away, a capture that is imported the next day.
//
// Nothing arrives before it was made, but only over a prompt link does the arrival tell when. Which
// links are late shows in the messages that two observers saw: their times, by stamps or by
// arrivals, differ by a constant where both run evenly. An arrival over a late link is replaced by
// the time at which it would have come over the promptest one, so that the later steps may compare
// arrivals.
#pragma once

#include "order/observe/observation.h"

namespace ci::order {

/// Corrects and sorts the observations by the new arrivals. False: all links are prompt, and
/// nothing has changed.
bool make_prompt(Observations& observations);

}  // namespace ci::order
