// Answers that a host passes on, as far as logs tell. They show no Via and no To tag, so the
// answers of a fork's branches look alike; which one was passed on shows by what is known of the
// others, by number, and by time.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"

namespace ci::order {

/// `known`: what Vias have shown already (causes.h).
[[nodiscard]] std::vector<Edge> forward_log_responses(const Transmissions& transmissions,
                                                      const std::vector<Edge>& known);

}  // namespace ci::order
