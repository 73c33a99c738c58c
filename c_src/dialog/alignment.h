// How every observer's times are mapped onto one common clock: that of the observer with a clock
// that saw most. Where a clock was set, each stretch has its own way there (reading.h).
//
// A message seen by two observers ties their clocks as NTP does: the difference of the two readings
// is the offset plus the latency in one direction, the offset minus the latency in the other, so
// the mean of both directions' medians is the offset. Observers without a message in common are
// tied through a third; groups that nothing ties, by the moments of arrival.
#pragma once

#include <cstdint>
#include <vector>

#include "dialog/observation.h"
#include "dialog/reading.h"
#include "dialog/sighting.h"
#include "wire/micros.h"

namespace ci::dialog {

/// One stretch's way to the common clock.
struct Mapping {
    wire::Micros pivot = 0;   ///< the reading at which `offset` holds
    wire::Micros offset = 0;  ///< reading minus common time
    double drift = 0;         ///< by how much the offset grows per unit of the reading
    wire::Micros spread = 0;  ///< how far its messages in common usually lie beside the mapping
    std::uint32_t group = 0;  ///< stretches of one group are tied by messages in common

    [[nodiscard]] wire::Micros to_common(wire::Micros reading) const {
        const auto drifted = drift * static_cast<double>(reading - pivot);
        return reading - offset - static_cast<wire::Micros>(drifted);
    }
};

/// The stretch whose clock is the common one: of those with a clock (if any has one) the one with
/// most observations, and of equals the first.
[[nodiscard]] std::uint32_t common_clock(const Readings& readings);

/// By stretch.
[[nodiscard]] std::vector<Mapping> align(const Observations& observations, const Readings& readings,
                                         const Sightings& sightings);

}  // namespace ci::dialog
