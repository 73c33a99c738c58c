// Offsets and drifts of several clocks from what ties them: a least-squares fit that wrong ties and
// late stamps cannot spoil.
//
// Every tie is an equation of two clocks and of the time that passes between their two readings.
// Every arrival is an equation of a clock and its delay to the collector. Each clock in turn is
// solved against the others (Gauss-Seidel). Each equation is weighted by how well it fits (Cauchy's
// weight, on a scale that narrows from sweep to sweep), so outliers lose their weight without a
// threshold.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::order {

/// A clock's mapping to common time. In: the first guess. Out: the best fit.
struct FittedClock {
    wire::Micros pivot = 0;   ///< the reading at which `offset` holds
    wire::Micros offset = 0;  ///< reading minus common time
    double drift = 0;         ///< by how much the offset grows per unit of the reading
    wire::Micros spread = 0;  ///< out: how far its ties usually lie from the fit
    bool steady = true;       ///< false: no clock; its readings are arrivals, which do not drift

    [[nodiscard]] wire::Micros to_common(wire::Micros reading) const {
        const auto drifted = drift * static_cast<double>(reading - pivot);
        return reading - offset - static_cast<wire::Micros>(drifted);
    }
};

/// One event read by `first` at one end of a path and by `second` at the other.
struct Tie {
    std::uint32_t first = 0, second = 0;  ///< clocks
    wire::Micros first_reading = 0, second_reading = 0;
    std::uint32_t path = 0;  ///< index into Evidence::passages
    int direction = 1;       ///< 1: the event passed `first` first; -1: `second`
    double deviation = 150;  ///< microseconds: the usual error of such a tie
    bool first_late = false, second_late = false;  ///< the reading may be late
};

/// The latency between two clocks' hosts; the same in both directions.
struct Passage {
    double expected = 0, deviation = 300;  ///< first guess, microseconds
    double took = 0;                       ///< out
    bool is_directed = false;  ///< Tie::direction is known, so the latency is at least 0
    double most = 1e18;        ///< and at most this
};

/// A reading and when it arrived at the collector.
struct Arrived {
    std::uint32_t clock = 0;
    wire::Micros reading = 0, arrival = 0;
};

/// What was known of a clock before (ClockPrior).
struct Known {
    std::uint32_t clock = 0;
    wire::Micros reading = 0, offset = 0;
    double drift = 0, deviation = 100;
};

struct Evidence {
    std::vector<Tie> ties;
    std::vector<Passage> passages;
    std::vector<Arrived> arrived;
    std::vector<Known> known;
};

void fit(std::vector<FittedClock>& clocks, Evidence& evidence);

}  // namespace ci::order
