// The time of each observation: the observer's stamp, or the arrival.
//
// A stamp counts only if its observer has a clock. An observer has none if it stamps few of its
// messages, if its stamps are whole seconds only (syslog) or equal the arrival, if they jump back
// and forth against the order of arrival, or if they run hours faster or slower than the
// collector's clock. Bunched arrivals of evenly spaced stamps do not speak against a clock: logs
// are read in batches, and recordings are replayed faster than they were made.
//
// If stamps and arrivals otherwise run together, a jump between them shows that the clock was set
// (NTP: a step). Between two steps lies an epoch, which is treated as a clock of its own. A jump
// that is taken back is not a step: its messages were delayed on their way to the collector.
#pragma once

#include <cstdint>
#include <vector>

#include "order/observe/observation.h"
#include "wire/micros.h"

namespace ci::order {

/// One observer's clock, from one step to the next.
struct Epoch {
    std::uint32_t observer = 0;
    bool has_clock = false;    ///< false: its times are arrivals
    bool was_stepped = false;  ///< the observer has several epochs
    bool bunched = false;      ///< arrivals come in batches: they tell the order, not the time
    bool prompt = false;       ///< arrivals were seen to follow stamps at once
    std::uint32_t observations = 0;
    wire::Micros stamp = 0;  ///< of the observation in the middle; 0: no clock
    wire::Micros ahead = 0;  ///< by how much stamps are usually later than arrivals
    bool arrived = false;    ///< `ahead` is known: the observations have an arrival
};

struct Timebase {
    std::vector<wire::Micros> times;   ///< by observation, in its epoch's time
    std::vector<std::uint32_t> epoch;  ///< by observation
    std::vector<Epoch> epochs;         ///< by observer, and in order of time
    std::vector<bool> late;            ///< by observation: its stamp was late (late_stamps.h)
    std::vector<bool> refused;         ///< by observer: its stamps cannot be a clock's
};

/// `refuted`, by observer: causes show that its stamps are not a clock's. May be empty.
[[nodiscard]] Timebase find_timebase(const Observations& observations,
                                     const std::vector<bool>& refuted = {});

/// The same timebase with one more epoch for each of `steps`. A step is given by the first
/// observation, in order of arrival, that the newly set clock stamped. For steps that only other
/// observers' clocks show (hidden_steps.h).
[[nodiscard]] Timebase split_at_steps(const Observations& observations, const Timebase& timebase,
                                      std::vector<std::uint32_t> steps);

}  // namespace ci::order
