// Which time to read off each observation: the observer's stamp, or the arrival.
//
// A stamp is only worth something if its observer has a clock at all. It has none if it stamps few
// of its messages, whole seconds only (syslog), exactly the arrival, times that run back and forth
// against the order of arrival, or times that pass hours faster or slower than here. That arrivals
// are bunched while stamps are spaced says nothing against a clock: a log is read in batches, a
// recording is replayed faster than it was made.
#pragma once

#include <cstdint>
#include <vector>

#include "dialog/observation.h"
#include "wire/micros.h"

namespace ci::dialog {

struct Readings {
    std::vector<wire::Micros> times;    ///< by observation, in its observer's time
    std::vector<bool> has_clock;        ///< by observer; false: its times are arrivals
    std::vector<bool> refused;          ///< by observer: it gave stamps that cannot be a clock's
    std::vector<std::uint32_t> chunks;  ///< by observer: how many observations are its own
};

[[nodiscard]] Readings read_clocks(const Observations& observations);

/// The middle of `values` (the mean of the two middle ones); 0 for none. Reorders them.
[[nodiscard]] wire::Micros median(std::vector<wire::Micros>& values);

}  // namespace ci::dialog
