// Events before they are in order: which observers' sightings are one transmission.
//
// The k-th transmission one observer saw of a message is the k-th another saw, if they saw equally
// many at times that agree; otherwise a datagram was lost on the way to one of them, and each goes
// to the nearest in mapped time.
#pragma once

#include <cstdint>
#include <vector>

#include "order/clocks/alignment.h"
#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// One message over one hop, once.
struct Transmission {
    std::uint32_t message = 0;  ///< index into Transmissions::messages
    wire::Micros at = 0;        ///< common time
    wire::Micros arrival = 0;   ///< of the first observation of it to arrive
    std::uint32_t group = 0;    ///< whose clocks `at` can be compared with (Mapping::group)
    std::uint32_t firm = 0;     ///< whose clocks it can be told from (Mapping::firm)
    std::vector<std::uint32_t> observations;  ///< indexes; the one that stands for it first
};

/// One message with all its transmissions: a range of Transmissions::all, in order of time.
struct Message {
    const Observation* what = nullptr;  ///< any observation of it, one with Vias if there is one
    std::uint32_t first = 0, count = 0;
};

struct Transmissions {
    std::vector<Transmission> all;  ///< by message, time
    std::vector<Message> messages;
};

/// `hosts`: where each observer stands (observer_hosts.h).
[[nodiscard]] Transmissions merge_observers(const Observations& observations,
                                            const Timebase& timebase, const Sightings& sightings,
                                            const Alignment& alignment,
                                            const std::vector<Symbol>& hosts);

}  // namespace ci::order
