// Which causes between legs can all have been: clocks that no message ties may differ by any time,
// but by one time only.
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/causality/leg_causes.h"
#include "order/clocks/transmission.h"

namespace ci::order {

/// By transmission: whether anything tells its time. A report that came some time later than those
/// before it tells none.
[[nodiscard]] std::vector<bool> timed_transmissions(const Observations& observations,
                                                    const Timebase& timebase,
                                                    const Transmissions& transmissions);

/// Leaves out causes that contradict more certain ones. That a host called on because it was called
/// is more certain than that one leg rang because of another: the host may have called a third one
/// that nobody saw. `within`: the causes within legs, which show who stamps late.
void keep_agreeing(std::vector<LegCause>& causes, const Observations& observations,
                   const Timebase& timebase, const Transmissions& transmissions,
                   const std::vector<Edge>& within, const std::vector<bool>& timed);

}  // namespace ci::order
