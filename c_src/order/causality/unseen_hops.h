// Causes over hops that no observer saw, where one end is a log.
//
// A log shows no Vias, so its lines do not tell which message they were forwarded from. But the
// Vias of a message that another observer saw name the hosts on its way: a request between two of
// these hosts came before the message, and a response to the message passes them afterwards.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"

namespace ci::order {

/// Edges between first transmissions; none unless there are messages with and without Vias.
/// `hosts`: by observer, its host (observer_hosts.h).
[[nodiscard]] std::vector<Edge> cross_unseen_hops(const Observations& observations,
                                                  const std::vector<Symbol>& hosts,
                                                  const Transmissions& transmissions);

}  // namespace ci::order
