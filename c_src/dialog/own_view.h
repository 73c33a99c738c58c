// Two transmissions as one observer saw them: by its own clock they can be compared whatever else
// is known of that clock.
#pragma once

#include <cstdint>

#include "dialog/reading.h"
#include "dialog/transmission.h"

namespace ci::dialog {

/// Calls `act` with each stretch that saw both and how much later it saw the second.
template <class Act>
void for_each_own_view(const Readings& readings, const Transmission& first,
                       const Transmission& second, const Act& act) {
    for (const std::uint32_t i : first.observations) {
        for (const std::uint32_t k : second.observations) {
            const std::uint32_t stretch = readings.stretch[i];
            if (stretch != readings.stretch[k]) continue;
            act(readings.stretches[stretch], readings.times[k] - readings.times[i]);
        }
    }
}

}  // namespace ci::dialog
