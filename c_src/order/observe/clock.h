// What is known of an observer's clock before a dialogue is looked at.
//
// A clock belongs to its observer, not to a dialogue: whoever sees all traffic can learn it from
// every message that two observers saw, and give what was learnt to the order of one dialogue. So
// also those are tied whose observers have no message in common.
//
// All of one table are relative to one common clock. It goes as the collector's own does, and
// differs from it by no more than what messages usually take to arrive.
#pragma once

#include <cstdint>
#include <string>

#include "wire/micros.h"

namespace ci::order {

struct ClockPrior {
    std::string observer;
    wire::Micros at = 0;      ///< common time at which `offset` holds
    wire::Micros offset = 0;  ///< its stamps minus the common clock
    double drift = 0;         ///< by how much `offset` grows per unit of time: 20e-6 is 20 ppm
    wire::Micros spread = 0;  ///< how far off `offset` usually is; at least 1
    std::uint64_t count = 0;  ///< messages that it was learnt from
    /// Since when: the clock was set then, or first seen. What arrived before is not told about.
    wire::Micros since = 0;

    /// Its offset at a common time.
    [[nodiscard]] wire::Micros offset_at(wire::Micros time) const {
        return offset + static_cast<wire::Micros>(drift * static_cast<double>(time - at));
    }
};

}  // namespace ci::order
