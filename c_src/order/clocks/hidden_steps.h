// Clocks that were set in the middle of a dialogue, and whose arrivals do not show it.
#pragma once

#include <cstdint>
#include <vector>

#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// Observations with which a clock must have been set, although their arrivals do not show it: they
/// came in batches, and what others saw of the same messages jumps. For split_at_steps()
/// (timebase.h).
[[nodiscard]] std::vector<std::uint32_t> find_hidden_steps(const Observations& observations,
                                                           const Timebase& timebase,
                                                           const Sightings& sightings);

}  // namespace ci::order
