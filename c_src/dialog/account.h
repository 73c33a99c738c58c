// What is told beside the order: who saw each event and who should have, how far each clock is off,
// and what nobody saw.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "chunk/chunk.h"
#include "dialog/alignment.h"
#include "dialog/observation.h"
#include "dialog/order.h"
#include "dialog/reading.h"
#include "dialog/transmission.h"
#include "wire/hash.h"

namespace ci::dialog {

/// `hosts`: where each observer stands (whereabouts.h).
[[nodiscard]] std::vector<Clock> clocks_of(std::span<const chunk::Chunk> chunks,
                                           const Observations& observations,
                                           const Readings& readings, const Alignment& alignment,
                                           const std::vector<Id>& hosts,
                                           const Transmissions& transmissions);

/// The observers of each host.
using Watchers = std::unordered_multimap<Id, std::uint32_t, wire::NumberHash>;
[[nodiscard]] Watchers watchers_of(const std::vector<Id>& hosts);

/// `node`: an index of Transmissions::all; `at`: its common time.
[[nodiscard]] Event event_of(const Observations& observations, const Transmissions& transmissions,
                             const Watchers& watchers, std::uint32_t node, wire::Micros at);

/// `order`: indexes of Transmissions::all, and others beyond it.
[[nodiscard]] std::vector<Gap> gaps_of(std::span<const chunk::Chunk> chunks,
                                       const Observations& observations,
                                       const Transmissions& transmissions,
                                       const std::vector<std::uint32_t>& order);

}  // namespace ci::dialog
