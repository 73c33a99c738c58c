// What is told beside the order: who saw each event and who should have, how far each clock is off,
// and what nobody saw.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "chunk/chunk.h"
#include "order/clocks/alignment.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "order/order.h"

namespace ci::order {

/// `hosts`: where each observer stands (observer_hosts.h).
[[nodiscard]] std::vector<Clock> clocks_of(std::span<const chunk::Chunk> chunks,
                                           const Observations& observations,
                                           const Timebase& timebase, const Alignment& alignment,
                                           const std::vector<Symbol>& hosts,
                                           const Transmissions& transmissions);

/// The observers of each host: host, observer; sorted.
using Watchers = std::vector<std::pair<Symbol, std::uint32_t>>;
[[nodiscard]] Watchers watchers_of(const std::vector<Symbol>& hosts);

/// `node`: an index of Transmissions::all; `at`: its common time.
[[nodiscard]] Event event_of(const Observations& observations, const Transmissions& transmissions,
                             const Watchers& watchers, std::uint32_t node, wire::Micros at);

/// `order`: indexes of Transmissions::all, and others beyond it.
[[nodiscard]] std::vector<MissingRequest> missing_requests_of(
    std::span<const chunk::Chunk> chunks, const Observations& observations,
    const Transmissions& transmissions, const std::vector<std::uint32_t>& order);

}  // namespace ci::order
