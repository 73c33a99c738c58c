// The longest possible latency of a message. A host that sent a request and received a response to
// it, or sent the final response to an INVITE and received its ACK, measured the round trip by one
// clock.
#pragma once

#include <vector>

#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// By hop (unordered hosts): half of the shortest round trip. With four or more round trips it is
/// the shortest but one, because the request's stamp may have been late. `hosts`: by observer, its
/// host (observer_hosts.h).
[[nodiscard]] KeyMap<wire::Micros> longest_latencies(const Observations& observations,
                                                     const Timebase& timebase,
                                                     const std::vector<Symbol>& hosts);

}  // namespace ci::order
