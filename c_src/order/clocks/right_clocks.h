// Clocks that are right behind late links.
//
// Most clocks are right. If one shows by its arrivals that it is, and the arrivals of a group that
// nothing ties to it do not fit the call (they came later, or in batches) but its stamps do, then
// its link is late, and its clock is right as well.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "order/clocks/alignment.h"
#include "order/observe/disjoint_sets.h"
#include "order/observe/observation.h"

namespace ci::order {

/// Reports that come in batches may wait for so long, microseconds.
inline constexpr wire::Micros bunch_limit = 10'000'000;

/// What is known of the epochs before causes tie them. All but `causal` and `by_weight` by epoch.
struct Guessed {
    const Observations& observations;
    const Timebase& timebase;
    const std::vector<std::vector<std::uint32_t>>& own;  ///< observations
    const std::vector<FittedClock>& clocks;
    const std::vector<bool>& known;  ///< from earlier dialogues
    std::span<const CausalTie> causal;
    const std::vector<std::uint32_t>& by_weight;
};

struct RightClocks {
    struct Behind {
        std::uint32_t epoch, group;
        wire::Micros shift;  ///< by which the group's clocks are ahead of what they should be
    };
    std::uint32_t epoch = 0;  ///< whose clock is right by its arrivals
    std::vector<Behind> behind;
};

[[nodiscard]] RightClocks find_right_clocks(const Guessed& of, DisjointSets& groups);

}  // namespace ci::order
