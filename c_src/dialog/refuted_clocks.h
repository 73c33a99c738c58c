// Stamps that cannot be a clock's, which shows only beside what others say.
//
// A host stamps late, but not by hundreds of milliseconds, and not in a wrong order. And where two
// observers' reports of the same messages arrive evenly, their clocks cannot jump against each
// other each time.
#pragma once

#include <vector>

#include "dialog/observation.h"
#include "dialog/reading.h"
#include "dialog/sighting.h"
#include "dialog/topology.h"
#include "dialog/transmission.h"

namespace ci::dialog {

/// By observer.
[[nodiscard]] std::vector<bool> refute_clocks(const Observations& observations,
                                              const Readings& readings, const Sightings& sightings,
                                              const Transmissions& transmissions,
                                              const std::vector<Edge>& causes);

}  // namespace ci::dialog
