#include "order/causality/late_stamps.h"

#include <algorithm>
#include <cstdint>

#include "order/causality/same_clock.h"

namespace ci::order {
namespace {

using wire::Micros;

/// Stamps of one clock may be a little later than `stamped_late`.
constexpr Micros later_by_own_clock = 60'000;
/// A request, the forwarded request, and the responses to both: longer chains are rarely late as a
/// whole.
constexpr int longest_chain = 4;

bool pull_back(Timebase& timebase, const Transmission& cause, const Transmission& effect) {
    bool moved = false;
    for_each_shared_epoch(timebase, cause.observations, effect.observations,
                          [&](std::uint32_t i, std::uint32_t k) {
                              if (!timebase.epochs[timebase.epoch[i]].has_clock) return;
                              const Micros late = timebase.times[i] - timebase.times[k];
                              if (late < 0 || late > later_by_own_clock) return;
                              timebase.times[i] = timebase.times[k] - 1;
                              timebase.late[i] = true;
                              moved = true;
                          });
    return moved;
}

}  // namespace

bool pull_back(Timebase& timebase, Sightings& sightings, const Transmissions& transmissions,
               const std::vector<Edge>& causes) {
    bool any = false;
    for (int round = 0; round < longest_chain; ++round) {
        bool moved = false;
        for (const Edge& edge : causes) {
            moved |=
                pull_back(timebase, transmissions.all[edge.cause], transmissions.all[edge.effect]);
        }
        if (!moved) break;
        any = true;
    }
    if (!any) return false;
    for (Sighting& sighting : sightings.all) {
        for (auto at = sighting.begin; at < sighting.end; ++at) {
            sighting.time = std::min(sighting.time, timebase.times[sightings.observations[at]]);
        }
    }
    return true;
}

}  // namespace ci::order
