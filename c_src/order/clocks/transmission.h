// Which observers' sightings are one transmission.
//
// If all observers saw a message equally often, at times that agree, then the k-th sighting of each
// is one transmission. Otherwise a datagram was lost on the way to one of them, and each sighting
// joins the nearest in mapped time.
#pragma once

#include <cstdint>
#include <vector>

#include "order/clocks/alignment.h"
#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// One transmission of one message over one hop.
struct Transmission {
    std::uint32_t message = 0;  ///< index into Transmissions::messages
    wire::Micros at = 0;        ///< common time
    wire::Micros arrival = 0;   ///< of its observation that arrived first
    std::uint32_t group = 0;    ///< transmissions with which `at` can be compared (Mapping::group)
    std::uint32_t firm = 0;     ///< as `group`, but without causes (Mapping::firm)
    std::vector<std::uint32_t> observations;  ///< indexes; the first represents all
};

/// One message with all its transmissions: a range of Transmissions::all, in order of time.
struct Message {
    const Observation* what = nullptr;  ///< any observation of it, with Vias if possible
    std::uint32_t first = 0, count = 0;
};

struct Transmissions {
    std::vector<Transmission> all;  ///< by message, time
    std::vector<Message> messages;
};

/// `hosts`: by observer, its host (observer_hosts.h).
[[nodiscard]] Transmissions merge_observers(const Observations& observations,
                                            const Timebase& timebase, const Sightings& sightings,
                                            const Alignment& alignment,
                                            const std::vector<Symbol>& hosts);

}  // namespace ci::order
