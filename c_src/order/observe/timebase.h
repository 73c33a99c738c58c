// Which time to read off each observation: the observer's stamp, or the arrival.
//
// A stamp is only worth something if its observer has a clock at all. It has none if it stamps few
// of its messages, whole seconds only (syslog), exactly the arrival, times that jump back and forth
// against the order of arrival, or times that pass hours faster or slower than here. That arrivals
// are bunched while stamps are spaced says nothing against a clock: a log is read in batches, a
// recording is replayed faster than it was made.
//
// Where stamps and arrivals do go together, a jump between them shows that the clock was set. From
// one step to the next it is a clock of its own here: an epoch. A jump that is taken back is no
// step but messages that were held up on their way.
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
    wire::Micros stamp = 0;  ///< of the one in the middle; 0: it has no clock
    wire::Micros ahead = 0;  ///< by how much stamps usually are later than their arrivals
    bool arrived = false;    ///< that is known: observations say when they arrived
};

struct Timebase {
    std::vector<wire::Micros> times;   ///< by observation, in its epoch's time
    std::vector<std::uint32_t> epoch;  ///< by observation
    std::vector<Epoch> epochs;         ///< by observer, and in order of time
    std::vector<bool> late;            ///< by observation: its stamp was (late_stamps.h)
    std::vector<bool> refused;         ///< by observer: it gave stamps that cannot be a clock's
};

/// `refuted`, by observer: causes show that its stamps are not a clock's; may be empty.
[[nodiscard]] Timebase find_timebase(const Observations& observations,
                                     const std::vector<bool>& refuted = {});

/// The same with one epoch more for each of `steps`: observations of one epoch, in the order
/// of arrival, with which a step takes effect. For what only other observers' clocks show.
[[nodiscard]] Timebase split_at_steps(const Observations& observations, const Timebase& timebase,
                                      std::vector<std::uint32_t> steps);

}  // namespace ci::order
