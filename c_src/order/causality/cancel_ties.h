// CANCELs that a proxy passed on.
//
// A proxy also cancels by itself, so these are no causes (causes.h); protocol_order.h orders them
// as far as stamps allow. Where nothing but arrivals ties two clocks, they tie them.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"

namespace ci::order {

/// From the CANCEL received to the one sent.
[[nodiscard]] std::vector<Edge> find_cancel_ties(const Observations& observations,
                                                 const Transmissions& transmissions);

}  // namespace ci::order
