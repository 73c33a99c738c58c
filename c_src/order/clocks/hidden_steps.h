// Clocks that were set during a dialogue although their arrivals do not show it.
#pragma once

#include <cstdint>
#include <vector>

#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// The first observations after each step that arrivals do not show, because reports came in
/// batches. A step shows as a jump against another observer's stamps of the same messages. For
/// split_at_steps() (timebase.h).
[[nodiscard]] std::vector<std::uint32_t> find_hidden_steps(const Observations& observations,
                                                           const Timebase& timebase,
                                                           const Sightings& sightings);

}  // namespace ci::order
