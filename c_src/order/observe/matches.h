// Observations of one transmission by two observers, as far as that can be told before their
// clocks are known.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "order/observe/reports.h"

namespace ci::order {

struct Match {
    std::uint64_t pair = 0;               ///< both observers, packed
    std::uint32_t first = 0, second = 0;  ///< observations

    [[nodiscard]] std::uint32_t first_observer() const {
        return static_cast<std::uint32_t>(pair >> 32U);
    }
    [[nodiscard]] std::uint32_t second_observer() const { return static_cast<std::uint32_t>(pair); }
};

/// (original, copy) of one message, sent by one observer twice.
using Copies = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

struct Matches {
    std::vector<Match> all;                     ///< by pair
    std::vector<std::span<const Match>> pairs;  ///< of `all`: those of two observers
    std::vector<Match> unsure;                  ///< retransmissions: which is which is not certain
    Copies copies;
};

[[nodiscard]] Matches find_matches(const Observations& observations, const Reports& reports);

}  // namespace ci::order
