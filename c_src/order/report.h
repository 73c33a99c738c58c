// What answers say besides the order: which observers saw each event and which should have, how far
// each clock is off, and which requests no observer saw.
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

/// `hosts`: by observer, its host (observer_hosts.h).
[[nodiscard]] std::vector<Clock> clocks_of(std::span<const chunk::Chunk> chunks,
                                           const Observations& observations,
                                           const Timebase& timebase, const Alignment& alignment,
                                           const std::vector<Symbol>& hosts,
                                           const Transmissions& transmissions);

/// Pairs of a host and an observer there; sorted.
using Watchers = std::vector<std::pair<Symbol, std::uint32_t>>;
[[nodiscard]] Watchers watchers_of(const std::vector<Symbol>& hosts);

/// By observer: more than arrivals ties its clock, in some epoch, to the common clock
/// (Mapping::group). In its other epochs the arrivals tell enough: they came over the same link.
[[nodiscard]] std::vector<bool> tied_observers(const Observations& observations,
                                               const Timebase& timebase,
                                               const Alignment& alignment);

/// `node`: an index into Transmissions::all; `at`: the event's common time.
[[nodiscard]] Event event_of(const Observations& observations, const Transmissions& transmissions,
                             const Watchers& watchers, const std::vector<bool>& tied,
                             std::uint32_t node, wire::Micros at);

/// `order`: indexes into Transmissions::all; gates (protocol_order.h) have numbers beyond its end.
[[nodiscard]] std::vector<MissingRequest> missing_requests_of(
    std::span<const chunk::Chunk> chunks, const Observations& observations,
    const Transmissions& transmissions, const std::vector<std::uint32_t>& order);

}  // namespace ci::order
