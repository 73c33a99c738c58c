// Causes over hops that nobody saw, where one end is a log.
//
// A log shows no Vias, so its lines do not tell what they were passed on from. But the Vias of a
// message that somebody else saw name the hosts that it came through: what passed between two of
// them came before it, and an answer to it passes them afterwards.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"

namespace ci::order {

/// Edges between first transmissions; none unless there are both kinds.
/// `hosts`: where each observer stands (observer_hosts.h).
[[nodiscard]] std::vector<Edge> cross_unseen_hops(const Observations& observations,
                                                  const std::vector<Symbol>& hosts,
                                                  const Transmissions& transmissions);

}  // namespace ci::order
