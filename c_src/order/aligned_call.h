// A call's transmissions on one common clock, and what caused which.
#pragma once

#include <span>
#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/alignment.h"
#include "order/clocks/transmission.h"
#include "order/observe/clock.h"
#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

struct AlignedCall {
    Timebase timebase;
    Sightings sightings;
    Alignment alignment;
    Transmissions transmissions;
    std::vector<Edge> causes;  ///< hard edges (causes.h), which may contradict each other, and
                               ///< those between legs (leg_causes.h)
};

/// `hosts`: by observer, its host (observer_hosts.h).
[[nodiscard]] AlignedCall align_call(const Observations& observations,
                                     const std::vector<Symbol>& hosts,
                                     std::span<const ClockPrior> priors);

/// Adds what coarse logs tell (clocks/log_places.h).
void add_coarse_logs(Observations& observations, const std::vector<Symbol>& hosts,
                     AlignedCall& call);

}  // namespace ci::order
