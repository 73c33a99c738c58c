#include "dialog/lateness.h"

#include <algorithm>
#include <cstdint>

#include "dialog/own_view.h"

namespace ci::dialog {
namespace {

using wire::Micros;

/// What one clock shows for itself may be a little later than that.
constexpr Micros later_by_own_clock = 60'000;
/// A message, its being sent on, and the answers to that: longer chains are rarely late as a whole.
constexpr int longest_chain = 4;

bool bring_forward(Readings& readings, const Transmission& cause, const Transmission& effect) {
    bool brought = false;
    for_each_in_common(readings, cause.observations, effect.observations,
                       [&](std::uint32_t i, std::uint32_t k) {
                           if (!readings.stretches[readings.stretch[i]].has_clock) return;
                           const Micros late = readings.times[i] - readings.times[k];
                           if (late < 0 || late > later_by_own_clock) return;
                           readings.times[i] = readings.times[k] - 1;
                           readings.late[i] = true;
                           brought = true;
                       });
    return brought;
}

}  // namespace

bool bring_forward(Readings& readings, Sightings& sightings, const Transmissions& transmissions,
                   const std::vector<Edge>& causes) {
    bool any = false;
    for (int round = 0; round < longest_chain; ++round) {
        bool brought = false;
        for (const Edge& edge : causes) {
            brought |= bring_forward(readings, transmissions.all[edge.cause],
                                     transmissions.all[edge.effect]);
        }
        if (!brought) break;
        any = true;
    }
    if (!any) return false;
    for (Sighting& sighting : sightings.all) {
        for (auto at = sighting.begin; at < sighting.end; ++at) {
            sighting.time = std::min(sighting.time, readings.times[sightings.observations[at]]);
        }
    }
    return true;
}

}  // namespace ci::dialog
