// Puts the observations of one Call-ID back into the order in which things happened.
//
// Chunks of several observers, each with its own clock, in any order, go in; events come out: each
// transmission once, causes before effects. Pure and deterministic: the result does not depend on
// the order of the input. How and why: docs/architecture.md.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::order {

/// One transmission of one message over one hop. Numbers are indexes into the chunks given.
struct Event {
    std::size_t chunk = 0;               ///< the observation that stands for it in answers
    std::vector<std::size_t> seen;       ///< all observations of it, `chunk` first
    std::vector<std::size_t> missed_by;  ///< indexes into Flow::clocks: at one of its ends, but
                                         ///< did not see it, which is how loss shows
    unsigned retransmission = 0;         ///< 0: first sent; n: sent again for the n-th time
    std::optional<unsigned> timer_slot;  ///< of a retransmission: the timer that it fits (timers.h)
    wire::Micros at = 0;  ///< when, on the common clock; for display, not for sorting
};

/// One observer's clock as far as the dialogue tells.
struct Clock {
    std::string observer;
    wire::Micros offset = 0;  ///< its stamps minus the common clock; 0 where it has no clock
    std::size_t shared = 0;   ///< how many messages it saw that another observer saw as well
    bool has_clock = false;   ///< false: no stamps, or such as cannot be a clock's; arrival counts
    bool common = false;      ///< this clock is the common one; nobody's is: arrivals are
    std::string host = {};    ///< where it stands: "192.0.2.1"; empty: not certain
    double drift = 0;         ///< by how much `offset` grows per unit of time: 20e-6 is 20 ppm
    /// How far its messages in common with others lie beside the offset; empty: it has none.
    std::optional<wire::Micros> spread = {};
    /// How often it was set meanwhile; the numbers above are of its longest epoch.
    std::size_t steps = 0;
    /// By how much it is ahead of the collector's clock, where nothing that comes late explains
    /// that; negative: it was never set (common_clock.h).
    std::optional<wire::Micros> ahead_of_arrival = {};
};

/// A request that somebody must have sent, but nobody saw.
struct MissingRequest {
    std::size_t before = 0;  ///< index into Flow::events: the first event that shows it
    std::string method, number;
    std::string src, dst;
};

struct Flow {
    std::vector<Event> events;
    std::vector<Clock> clocks;                ///< by observer name
    std::vector<MissingRequest> gaps;         ///< in the order of events
    std::vector<std::string> contradictions;  ///< where stamps and causality could not both hold
};

/// `priors`: what is known of observers' clocks; sorted by observer, one of each.
[[nodiscard]] Flow order(std::span<const chunk::Chunk> chunks,
                         std::span<const ClockPrior> priors = {});

/// Who takes part ("192.0.2.1:5060"), in order of appearance, caller first.
[[nodiscard]] std::vector<std::string> entities(std::span<const chunk::Chunk> chunks,
                                                const Flow& flow);

}  // namespace ci::order
