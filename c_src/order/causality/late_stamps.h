// Late stamps moved back in time. By one observer's own clock no effect comes before its cause. If
// stamps say otherwise, the cause's stamp is late: stamps can be late but never early, so the cause
// was no later than its effect. Clocks that are compared by corrected stamps are compared better.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/deduplication.h"
#include "order/observe/limits.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// Returns whether any stamp was moved. `causes`: from find_causes() (causes.h) for
/// `transmissions`.
[[nodiscard]] bool pull_back(Timebase& timebase, Sightings& sightings,
                             const Transmissions& transmissions, const std::vector<Edge>& causes);

}  // namespace ci::order
