// Stamps brought forward: by one observer's own clock nothing happens before what caused it. A
// stamp that says otherwise is late, for a stamp can be late and never early, so the cause was no
// later than its effect. What clocks are compared by is better for it.
#pragma once

#include <vector>

#include "dialog/reading.h"
#include "dialog/sighting.h"
#include "dialog/topology.h"
#include "dialog/transmission.h"

namespace ci::dialog {

/// Whether any was. `causes`: causes.h, of these transmissions.
[[nodiscard]] bool bring_forward(Readings& readings, Sightings& sightings,
                                 const Transmissions& transmissions,
                                 const std::vector<Edge>& causes);

}  // namespace ci::dialog
