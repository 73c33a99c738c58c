// What each observer saw of each message (messages.h): its observations sorted into transmissions.
#pragma once

#include <cstdint>
#include <vector>

#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// One observer's view of one transmission: several observations if the observer mirrors messages
/// twice.
struct Sighting {
    std::uint32_t message = 0;  ///< its number (messages.h)
    std::uint32_t observer = 0;
    std::uint32_t epoch = 0;           ///< of the observer's clock (timebase.h)
    wire::Micros time = 0;             ///< the first observation's, by the epoch's clock
    std::uint32_t begin = 0, end = 0;  ///< a range of Sightings::observations
};

struct Sightings {
    std::vector<Sighting> all;                ///< by message, observer, epoch, time
    std::vector<std::uint32_t> observations;  ///< indexes, in the order of the sightings
    std::vector<std::uint32_t> count;         ///< by observer: how many sightings it has
};

[[nodiscard]] Sightings gather(const Observations& observations, const Timebase& timebase);

}  // namespace ci::order
