// Clocks that were set in the middle of a dialogue, and whose arrivals do not show it.
#pragma once

#include <cstdint>
#include <vector>

#include "dialog/observation.h"
#include "dialog/reading.h"
#include "dialog/sighting.h"

namespace ci::dialog {

/// Observations with which a clock must have been set, although their arrivals do not show it: they
/// came in batches, and what others saw of the same messages jumps. For set_at() (reading.h).
[[nodiscard]] std::vector<std::uint32_t> find_hidden_settings(const Observations& observations,
                                                              const Readings& readings,
                                                              const Sightings& sightings);

}  // namespace ci::dialog
