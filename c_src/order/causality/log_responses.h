// Which response a host forwarded, as far as logs tell. Logs show neither Via nor To tag, so the
// responses of a fork's branches look alike. What tells them apart is what Vias have shown of other
// responses, their number, and their times.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"

namespace ci::order {

/// `known`: what Vias have shown already (causes.h).
[[nodiscard]] std::vector<Edge> forward_log_responses(const Transmissions& transmissions,
                                                      const std::vector<Edge>& known);

}  // namespace ci::order
