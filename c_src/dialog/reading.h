// Which time to read off each observation: the observer's stamp, or the arrival.
//
// A stamp is only worth something if its observer has a clock at all. It has none if it stamps few
// of its messages, whole seconds only (syslog), exactly the arrival, times that jump back and forth
// against the order of arrival, or times that pass hours faster or slower than here. That arrivals
// are bunched while stamps are spaced says nothing against a clock: a log is read in batches, a
// recording is replayed faster than it was made.
//
// Where stamps and arrivals do go together, a jump between them shows that the clock was set. From
// one setting to the next it is a clock of its own here: a stretch. A jump that is taken back is no
// setting but messages that were held up on their way.
#pragma once

#include <cstdint>
#include <vector>

#include "dialog/observation.h"
#include "wire/micros.h"

namespace ci::dialog {

/// One observer's clock, from one setting to the next.
struct Stretch {
    std::uint32_t observer = 0;
    bool has_clock = false;  ///< false: its times are arrivals
    bool was_set = false;    ///< the observer has several stretches
    bool bunched = false;    ///< arrivals come in batches: they tell the order, not the time
    bool prompt = false;     ///< arrivals were seen to follow stamps at once
    std::uint32_t observations = 0;
    wire::Micros stamp = 0;  ///< of the one in the middle; 0: it has no clock
    wire::Micros ahead = 0;  ///< by how much stamps usually are later than their arrivals
    bool arrived = false;    ///< that is known: observations say when they arrived
};

struct Readings {
    std::vector<wire::Micros> times;     ///< by observation, in its stretch's time
    std::vector<std::uint32_t> stretch;  ///< by observation
    std::vector<Stretch> stretches;      ///< by observer, and in order of time
    std::vector<bool> late;              ///< by observation: its stamp was (lateness.h)
    std::vector<bool> refused;           ///< by observer: it gave stamps that cannot be a clock's
};

/// `refuted`, by observer: causes show that its stamps are not a clock's; may be empty.
[[nodiscard]] Readings read_clocks(const Observations& observations,
                                   const std::vector<bool>& refuted = {});

/// The same with one stretch more for each of `settings`: observations of one stretch, in the order
/// of arrival, with which a setting takes effect. For what only other observers' clocks show.
[[nodiscard]] Readings set_at(const Observations& observations, const Readings& readings,
                              std::vector<std::uint32_t> settings);

}  // namespace ci::dialog
