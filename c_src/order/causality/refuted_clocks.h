// Observers whose stamps cannot be a clock's, which shows only in comparison with other evidence.
//
// A host stamps late, but not by hundreds of milliseconds, and not in the wrong order. And if the
// reports of two observers on the same messages arrive evenly, their clocks cannot jump against
// each other at every message.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// By observer: whether its clock is refuted.
[[nodiscard]] std::vector<bool> refute_clocks(const Observations& observations,
                                              const Timebase& timebase, const Sightings& sightings,
                                              const Transmissions& transmissions,
                                              const std::vector<Edge>& causes);

}  // namespace ci::order
