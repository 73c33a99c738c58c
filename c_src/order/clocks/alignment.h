// How every observer's times are mapped onto one common clock (common_clock.h). If a clock was set,
// each of its epochs (timebase.h) has a mapping of its own.
//
// A message that two observers saw ties their clocks as in NTP: the difference of the two readings
// is the offset plus the latency in one direction, and the offset minus the latency in the other.
// Observers without a shared message are tied through a third observer, by what was known of their
// clocks before, by causes (a proxy forwards what it received a moment ago), or else by arrivals.
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

/// One epoch's mapping to the common clock.
struct Mapping : FittedClock {
    std::uint32_t group = 0;  ///< epochs with one number are tied by more than arrivals
    std::uint32_t firm = 0;   ///< epochs with one number are tied by more than arrivals and causes
};

/// A cause and its effect, seen by observers whose clocks nothing else ties.
struct CausalTie {
    std::uint32_t cause = 0, effect = 0;  ///< epochs
    wire::Micros cause_reading = 0, effect_reading = 0;
    bool hard = true;      ///< Edge::hard
    bool at_once = false;  ///< a host forwarded the message, which takes only a moment
};

struct Alignment {
    CommonClock common;
    std::vector<Mapping> mappings;    ///< by epoch
    std::vector<std::uint32_t> ties;  ///< by epoch: messages that another observer saw as well
    /// By hop (unordered hosts): the latency of its messages.
    KeyMap<wire::Micros> latencies;

    [[nodiscard]] wire::Micros latency(Symbol a, Symbol b) const;
};

/// `hosts`: by observer, its host (observer_hosts.h).
[[nodiscard]] Alignment align(const Observations& observations, const Timebase& timebase,
                              const Sightings& sightings, const std::vector<Symbol>& hosts,
                              std::span<const ClockPrior> priors,
                              std::span<const CausalTie> causal);

}  // namespace ci::order
