// How long a message can be on its way at most: whoever sent a request and received its answer, or
// the final answer of an INVITE and received its ACK, by one clock, knows how long both took.
#pragma once

#include <vector>

#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// By hop (unordered hosts): half of the shortest round trip; of several the shortest but one, for
/// the request's stamp may have been late.
/// `hosts`: where each observer stands (observer_hosts.h).
[[nodiscard]] Table<wire::Micros> longest_latencies(const Observations& observations,
                                                    const Timebase& timebase,
                                                    const std::vector<Symbol>& hosts);

}  // namespace ci::order
