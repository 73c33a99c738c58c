// Stamps that cannot be a clock's, which shows only beside what others say.
//
// A host stamps late, but not by hundreds of milliseconds, and not in a wrong order. And where two
// observers' reports of the same messages arrive evenly, their clocks cannot jump against each
// other each time.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// By observer.
[[nodiscard]] std::vector<bool> refute_clocks(const Observations& observations,
                                              const Timebase& timebase, const Sightings& sightings,
                                              const Transmissions& transmissions,
                                              const std::vector<Edge>& causes);

}  // namespace ci::order
