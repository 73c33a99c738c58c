// Offsets and drifts of several clocks from what ties them: least squares that wrong ties and late
// stamps cannot spoil.
//
// Every tie is an equation of two clocks and of the time that passes between their two timebase,
// every arrival one of a clock and its delay to the collector. Each clock in turn is solved against
// the others (Gauss-Seidel), each equation weighted by how well it fits (Cauchy's weight, on a
// scale that narrows from sweep to sweep), so that what does not belong falls out by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::order {

/// A clock's way to common time. In: first guess. Out: best fit.
struct FittedClock {
    wire::Micros pivot = 0;   ///< the reading at which `offset` holds
    wire::Micros offset = 0;  ///< reading minus common time
    double drift = 0;         ///< by how much the offset grows per unit of the reading
    wire::Micros spread = 0;  ///< out: how far its ties usually lie beside the fit
    bool steady = true;       ///< false: no clock, its timebase are arrivals, which do not drift

    [[nodiscard]] wire::Micros to_common(wire::Micros reading) const {
        const auto drifted = drift * static_cast<double>(reading - pivot);
        return reading - offset - static_cast<wire::Micros>(drifted);
    }
};

/// Something that `first` read at one end of a way and `second` at the other.
struct Tie {
    std::uint32_t first = 0, second = 0;  ///< clocks
    wire::Micros first_reading = 0, second_reading = 0;
    std::uint32_t path = 0;  ///< index of what passes in between
    int direction = 1;       ///< 1: `first` was passed first; -1: `second`
    double deviation = 150;  ///< microseconds: how exact such a tie usually is
    bool first_late = false, second_late = false;  ///< the reading may be later than it should be
};

/// How long something takes from one clock's host to another's; the same both ways.
struct Passage {
    double expected = 0, deviation = 300;  ///< before anything is known; microseconds
    double took = 0;                       ///< out
    bool is_directed = false;              ///< Tie::direction is known: it takes 0 or more
    double most = 1e18;                    ///< and no more than this
};

/// A reading and when it arrived at the collector.
struct Arrived {
    std::uint32_t clock = 0;
    wire::Micros reading = 0, arrival = 0;
};

/// What was known of a clock before.
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
