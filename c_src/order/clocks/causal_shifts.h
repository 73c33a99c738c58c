// Clocks that nothing but causes ties to others: each cause bounds from one side by how much one
// group of clocks may be shifted against another.
#pragma once

#include <span>
#include <vector>

#include "order/clocks/alignment.h"
#include "order/clocks/clock_fit.h"
#include "order/observe/disjoint_sets.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// Shifts groups of clocks so that causes come before effects. Groups that are bounded from both
/// sides are joined. `clocks` and `late` are by epoch; `late`: causes contradict its arrivals, set
/// here.
void shift_by_causes(const Timebase& timebase, std::span<const CausalTie> causal,
                     std::vector<FittedClock>& clocks, DisjointSets& groups,
                     std::vector<bool>& late);

}  // namespace ci::order
