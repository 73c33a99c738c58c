// Stamps brought forward: by one observer's own clock nothing happens before what caused it. A
// stamp that says otherwise is late, for a stamp can be late and never early, so the cause was no
// later than its effect. What clocks are compared by is better for it.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/deduplication.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// The latest stamp recorded of a busy sender was 46 ms after the fact.
inline constexpr wire::Micros stamped_late = 50'000;

/// Whether any was. `causes`: causes.h, of these transmissions.
[[nodiscard]] bool pull_back(Timebase& timebase, Sightings& sightings,
                             const Transmissions& transmissions, const std::vector<Edge>& causes);

}  // namespace ci::order
