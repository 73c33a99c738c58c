// How every observer's times are mapped onto one common clock (common_clock.h). Where a clock was
// set, each epoch has its own way there (timebase.h).
//
// A message seen by two observers ties their clocks as NTP does: the difference of the two timebase
// is the offset plus the latency in one direction, the offset minus the latency in the other.
// Observers without a message in common are tied through a third, by what was known of their clocks
// before, by causes (a proxy sends on what it received a moment ago), else by arrivals.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "order/clocks/clock_fit.h"
#include "order/clocks/common_clock.h"
#include "order/observe/clock.h"
#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// One epoch's way to the common clock.
struct Mapping : FittedClock {
    std::uint32_t group = 0;  ///< epochs of one group are tied by more than arrivals
    std::uint32_t firm = 0;   ///< those of one number by more than causes, too
};

/// A cause and its effect, seen by observers whose clocks nothing else ties.
struct CausalTie {
    std::uint32_t cause = 0, effect = 0;  ///< epochs
    wire::Micros cause_reading = 0, effect_reading = 0;
    bool at_once = false;  ///< it is sent on, which takes a moment only
};

struct Alignment {
    CommonClock common;
    std::vector<Mapping> mappings;    ///< by epoch
    std::vector<std::uint32_t> ties;  ///< by epoch: messages that others saw, too
    /// By hop (unordered hosts): how long messages take.
    Table<wire::Micros> latencies;

    [[nodiscard]] wire::Micros latency(Symbol a, Symbol b) const;
};

/// `hosts`: where each observer stands (observer_hosts.h).
[[nodiscard]] Alignment align(const Observations& observations, const Timebase& timebase,
                              const Sightings& sightings, const std::vector<Symbol>& hosts,
                              std::span<const ClockPrior> priors,
                              std::span<const CausalTie> causal);

}  // namespace ci::order
