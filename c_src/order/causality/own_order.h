// The order in which one observer without a clock reported its messages.
//
// One observer's reports take the same way one after the other, so they rarely overtake each other,
// whereas the reports of two observers arrive in any order. An observer's own order is therefore
// evidence of its own: weaker than causes and protocol order, but not weaker than the times that
// arrivals give.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// Weak edges from each transmission to the next that the same observer reported. `known`: stronger
/// edges, without a cycle. `bounds`: the latest possible time of each transmission. An edge is left
/// out if `bounds` contradict it by more than the usual delay of a report, or if clocks tell the
/// order of both ends. There are none if there is only one epoch, or if all epochs have clocks.
[[nodiscard]] std::vector<Edge> find_own_order(const Timebase& timebase,
                                               const Transmissions& transmissions,
                                               const std::vector<Edge>& known,
                                               const std::vector<wire::Micros>& bounds);

}  // namespace ci::order
