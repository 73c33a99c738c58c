// Stamps brought forward: by one observer's own clock nothing happens before what caused it. A
// stamp that says otherwise is late, for a stamp can be late and never early, so the cause was no
// later than its effect. What clocks are compared by is better for it.
#pragma once

#include <vector>

#include "dialog/reading.h"
#include "dialog/sighting.h"
#include "dialog/topology.h"
#include "dialog/transmission.h"
#include "wire/micros.h"

namespace ci::dialog {

/// The latest stamp recorded of a busy sender was 46 ms after the fact.
inline constexpr wire::Micros stamped_late = 50'000;

/// Whether any was. `causes`: causes.h, of these transmissions.
[[nodiscard]] bool bring_forward(Readings& readings, Sightings& sightings,
                                 const Transmissions& transmissions,
                                 const std::vector<Edge>& causes);

}  // namespace ci::dialog
