// What one observer without a clock saw, in the order in which it came.
//
// Its reports take the same way one after the other, so they rarely overtake each other, while
// those of two observers come as they like. So its own order is evidence of its own: weaker than
// causes and manners, but not than the times that arrivals give.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// Weak edges from each transmission to the next that the same observer reported. `known`: stronger
/// ones, without a cycle. `bounds`: the
/// latest possible time of each transmission; what contradicts these by more than it may have been
/// held up on its way is left out, and so is what others' clocks tell. None where there is one
/// observer, or where all have clocks.
[[nodiscard]] std::vector<Edge> find_own_order(const Observations& observations,
                                               const Timebase& timebase,
                                               const Transmissions& transmissions,
                                               const std::vector<Edge>& known,
                                               const std::vector<wire::Micros>& bounds);

}  // namespace ci::order
