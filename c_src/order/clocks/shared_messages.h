// Messages that two observers saw: what ties their clocks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

/// One transmission that two epochs (of two observers) saw, the first with the smaller number.
struct SharedMessage {
    std::uint32_t first = 0, second = 0;            ///< epochs
    std::uint32_t first_seen = 0, second_seen = 0;  ///< observations
    wire::Micros first_time = 0, second_time = 0;   ///< their readings
    std::uint64_t hop = 0;                          ///< its hosts, unordered
    bool first_late = false, second_late = false;   ///< an upper bound only (late_stamps.h)
    bool up = false;  ///< sent from the smaller address to the greater: one of two directions

    [[nodiscard]] wire::Micros difference() const { return second_time - first_time; }
};

/// Sorted by epochs and time. A pair whose retransmissions may be mixed up appears only if its
/// epochs share no others.
[[nodiscard]] std::vector<SharedMessage> find_shared_messages(const Observations& observations,
                                                              const Timebase& timebase,
                                                              const Sightings& sightings);

/// Calls `act` with each part of `common` that belongs to one pair of epochs.
template <class Act>
void for_each_pair(std::span<const SharedMessage> common, const Act& act) {
    for (std::size_t begin = 0; begin < common.size();) {
        std::size_t end = begin;
        while (end < common.size() && common[end].first == common[begin].first &&
               common[end].second == common[begin].second) {
            ++end;
        }
        act(common.subspan(begin, end - begin));
        begin = end;
    }
}

}  // namespace ci::order
