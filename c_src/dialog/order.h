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
#include "wire/micros.h"

namespace ci::dialog {

/// One transmission of one message over one hop. Numbers are indexes into the chunks given.
struct Event {
    std::size_t chunk = 0;          ///< the observation that stands for it in answers
    std::vector<std::size_t> seen;  ///< all observations of it, `chunk` first
    unsigned retransmission = 0;    ///< 0: first sent; n: sent again for the n-th time
    wire::Micros at = 0;            ///< when, on the common clock; for display, not for sorting
};

/// One observer's clock as far as the dialogue tells.
struct Clock {
    std::string observer;
    wire::Micros offset = 0;  ///< its stamps minus the common clock; 0 where it has no clock
    std::size_t shared = 0;   ///< how many messages it saw that another observer saw as well
    bool has_clock = false;   ///< false: no stamps, or such as cannot be a clock's; arrival counts
    bool common = false;      ///< this clock is the common one
};

struct Flow {
    std::vector<Event> events;
    std::vector<Clock> clocks;                ///< by observer name
    std::vector<std::string> contradictions;  ///< where stamps and causality could not both hold
};

[[nodiscard]] Flow order(std::span<const chunk::Chunk> chunks);

/// Who takes part ("192.0.2.1:5060"), in order of appearance, caller first.
[[nodiscard]] std::vector<std::string> entities(std::span<const chunk::Chunk> chunks,
                                                const Flow& flow);

}  // namespace ci::dialog
