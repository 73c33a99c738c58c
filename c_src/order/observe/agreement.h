// Whether two series of times run evenly: they differ by a constant, apart from latency and drift.
#pragma once

#include <cstddef>
#include <span>

#include "wire/micros.h"

namespace ci::order {

/// Two observers' times of one message, and its direction over its hop.
struct Both {
    wire::Micros one = 0, other = 0;
    bool up = false;
};

struct Agreement {
    wire::Micros ahead = 0;       ///< the usual difference, without latency
    wire::Micros on_way[2] = {};  ///< by direction (up: 1), with latency
    std::size_t count = 0;        ///< how many differ by that
    std::size_t of = 0;           ///< of so many
    /// At how many different times those that agree were seen. What was seen at once agrees with
    /// what arrived at once, however late.
    std::size_t instants = 0;

    [[nodiscard]] bool holds() const { return of > 0 && count * 5 >= of * 4; }
    [[nodiscard]] bool is_usual() const { return count * 2 > of; }
    [[nodiscard]] bool is_no_chance() const { return holds() && instants > 2; }
};

[[nodiscard]] Agreement agreement(std::span<const Both> times);

}  // namespace ci::order
