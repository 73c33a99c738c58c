// All edges between a call's transmissions, without cycles, and the times that they allow.
#pragma once

#include <vector>

#include "order/aligned_call.h"
#include "order/causality/causal_graph.h"
#include "order/causality/contradictions.h"
#include "order/observe/observation.h"
#include "wire/micros.h"

namespace ci::order {

/// Nodes are indexes into Transmissions::all. Gates (protocol_order.h) have numbers beyond its end.
struct EventGraph {
    std::vector<Edge> edges;
    std::vector<wire::Micros> stamps;  ///< by node: common time
    std::vector<wire::Micros> times;   ///< by node: no later than its effects
};

/// Reports to `contradictions` where stamps, causes and the protocol disagree.
[[nodiscard]] EventGraph build_graph(const Observations& observations, const AlignedCall& call,
                                     Contradictions& contradictions);

}  // namespace ci::order
