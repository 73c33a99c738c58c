// What is known of an observer's clock before a dialogue is looked at.
//
// A clock belongs to its observer, not to a dialogue. A process that sees all traffic can learn
// each clock from every message that two observers saw, and give the result to the order of one
// dialogue. This also ties observers that share no message in that dialogue.
//
// All priors of one table are relative to one common clock. The common clock runs as the
// collector's does. It follows the observers whose messages arrive most promptly, and differs from
// the collector's by no more than the usual delay between them and the collector.
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
    std::uint64_t count = 0;  ///< messages that the prior was learnt from
    /// When the clock was last set, or first seen. The prior says nothing of messages that arrived
    /// before.
    wire::Micros since = 0;
    /// How late the observer's messages have arrived recently, at most; 0: promptly. Arrivals that
    /// are late by no more do not contradict the prior.
    wire::Micros late = 0;

    /// The offset at a common time.
    [[nodiscard]] wire::Micros offset_at(wire::Micros time) const {
        return offset + static_cast<wire::Micros>(drift * static_cast<double>(time - at));
    }
};

}  // namespace ci::order
