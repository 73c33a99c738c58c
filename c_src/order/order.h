// Puts the observations of one Call-ID, or of the legs of one call, back into the order in which
// things happened.
//
// The input is the chunks of several observers, each with its own clock, in any order. The output
// is events: each transmission once, causes before effects. The function is pure and deterministic:
// its result does not depend on the order of the input. How and why: docs/architecture.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::order {

/// One transmission of one message over one hop. `chunk` and `seen` are indexes into the chunks
/// given.
struct Event {
    std::size_t chunk = 0;               ///< the observation that represents the event in answers
    std::vector<std::size_t> seen;       ///< all observations of the event, `chunk` first
    std::vector<std::size_t> missed_by;  ///< indexes into Flow::clocks: observers at an end of the
                                         ///< hop that did not see the message, a sign of loss
    unsigned retransmission = 0;         ///< 0: the first transmission; n: the n-th retransmission
    std::optional<unsigned> timer_slot;  ///< of a retransmission: its timer (timers.h)
    wire::Micros at = 0;  ///< when, on the common clock; for display, not for sorting
    /// As far as causes leave the event's place among other observers' events open, only arrivals
    /// tell it: nothing else ties the clocks of its observers to the common clock.
    bool guessed = false;
};

/// How late an observer's reports came.
///
/// The collector's clock and the common clock may differ, so that no delay is known by itself. It
/// is measured against the promptest of the observers that share messages with this one, directly
/// or through others (late_links.h). Differences below 150 ms count as none.
struct Delivery {
    enum class Kind : std::uint8_t {
        prompt,   ///< they came at once, apart from a few that came less than a second late
        late,     ///< most came late by the same time
        batched,  ///< several came together: a log, or a capture that was imported later
        uneven,   ///< some came later than others
    };
    Kind kind = Kind::prompt;
    wire::Micros median = 0, worst = 0;
};

/// What the dialogue tells of one observer's clock.
struct Clock {
    std::string observer;
    wire::Micros offset = 0;  ///< the observer's stamps minus common time; 0 without a clock
    std::size_t shared = 0;   ///< how many of its messages another observer saw as well
    bool has_clock = false;   ///< false: no stamps, or none of a clock; arrival counts
    bool common = false;      ///< this clock is the common clock; if no observer's is, arrivals are
    std::string host = {};    ///< the observer's host: "192.0.2.1"; empty: not certain
    double drift = 0;         ///< by how much `offset` grows per unit of time: 20e-6 is 20 ppm
    /// How far the messages that other observers saw as well usually lie from the offset; empty:
    /// there are none.
    std::optional<wire::Micros> spread = {};
    /// How often the clock was set (NTP: a step) during the dialogue. The members above describe
    /// the epoch with the most observations.
    std::size_t steps = 0;
    wire::Micros set_by = 0;  ///< the sum of these steps: 0 where it was set forth and back
    /// By how much the clock is ahead of the collector's, if late arrival cannot explain the
    /// difference; negative: the clock was never set (common_clock.h).
    std::optional<wire::Micros> ahead_of_arrival = {};
    std::optional<Delivery> delivery = {};  ///< empty: there is nothing to measure it against
};

/// A request that a host must have sent but no observer saw.
struct MissingRequest {
    std::size_t before = 0;  ///< index into Flow::events: the first event that shows the gap
    std::string method, number;
    std::string src, dst;
};

/// What a message on one leg made a host send on another (leg_causes.h). Indexes into Flow::events.
struct CauseOverLegs {
    std::size_t cause = 0, effect = 0;
    std::string_view why;  ///< "called on", "answered" ...
};

struct Flow {
    std::vector<Event> events;
    std::vector<Clock> clocks;                ///< by observer name
    std::vector<MissingRequest> gaps;         ///< in the order of events
    std::vector<std::string> contradictions;  ///< where stamps and causality could not both hold
    std::vector<CauseOverLegs> over_legs;     ///< by effect; empty if there is one dialogue only
};

/// `priors`: what was known of observers' clocks before; sorted by observer, at most one for each.
[[nodiscard]] Flow order(std::span<const chunk::Chunk> chunks,
                         std::span<const ClockPrior> priors = {});

/// The endpoints of the dialogue ("192.0.2.1:5060") in order of appearance, the caller first.
[[nodiscard]] std::vector<std::string> entities(std::span<const chunk::Chunk> chunks,
                                                const Flow& flow);

}  // namespace ci::order
