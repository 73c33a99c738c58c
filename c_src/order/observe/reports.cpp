#include "order/observe/reports.h"

#include <algorithm>
#include <cstdlib>

#include "order/observe/limits.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A clock that is right differs from arrivals by a prompt link's delay.
constexpr Micros right = 20'000;

bool is_clocks(const Observations& observations, std::span<const std::uint32_t> own) {
    std::size_t fractions = 0;
    std::size_t back = 0;
    std::optional<Micros> last;
    for (const auto i : own) {
        const Observation& seen = observations.all[i];
        if (!seen.stamp) continue;
        const bool is_copied = std::abs(seen.received - *seen.stamp) <= equal_to_arrival;
        if (*seen.stamp % whole_second != 0 && !is_copied) ++fractions;
        if (last && *seen.stamp < *last - evenly) ++back;
        last = seen.stamp;
    }
    return fractions > 0 && back <= 1 + own.size() / 8;
}

}  // namespace

Reports::Reports(const Observations& observations)
    : observations_(observations),
      own_(observations.observers.size()),
      least_(own_.size(), latest_time),
      longest_(own_.size(), -latest_time),
      stamped_(own_.size()) {
    for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
        own_[observations.all[i].observer].push_back(i);
    }
    for (const auto& own : own_) is_clock_.push_back(is_clocks(observations, own));
    for (std::uint32_t observer = 0; observer < own_.size(); ++observer) {
        Micros first = latest_time;
        Micros last = 0;
        for (const auto i : own_[observer]) {
            const auto stamped = stamp(i);
            if (!stamped) continue;
            first = std::min(first, *stamped);
            last = std::max(last, *stamped);
            least_[observer] = std::min(least_[observer], arrival(i) - *stamped);
            longest_[observer] = std::max(longest_[observer], arrival(i) - *stamped);
        }
        stamped_[observer] = std::max<Micros>(last - first, 0);
        is_right_but_late_.push_back(find_right_but_late(observer));
    }
}

bool Reports::is_batched(std::uint32_t observer) const {
    std::size_t together = 0;
    std::size_t spaced = 0;
    const auto& own = own_[observer];
    for (std::size_t k = 1; k < own.size(); ++k) {
        const auto before = stamp(own[k - 1]);
        const auto after = stamp(own[k]);
        if (!before || !after || *after < *before - evenly) return false;
        const Micros here = arrival(own[k]) - arrival(own[k - 1]);
        const Micros there = *after - *before;
        if (there > 1'000 && there < whole_second) ++(here * 5 < there ? together : spaced);
    }
    return together > spaced;
}

bool Reports::find_right_but_late(std::uint32_t observer) const {
    const bool is_late = is_clock_[observer] && longest_[observer] - least_[observer] > evenly;
    if (!is_late || std::abs(least_[observer]) >= right) return false;
    const auto& own = own_[observer];
    // A single one of few may be near by chance.
    const auto at_once = std::count_if(own.begin(), own.end(), [&](std::uint32_t i) {
        return stamp(i) && arrival(i) - *stamp(i) - least_[observer] < right;
    });
    constexpr std::size_t few = 5;
    if (at_once < 2 && own.size() <= few) return false;
    const auto goes_back = [&](std::uint32_t one, std::uint32_t next) {
        const auto before = stamp(one);
        const auto after = stamp(next);
        return before && after && *after < *before - evenly;
    };
    return std::adjacent_find(own.begin(), own.end(), goes_back) == own.end();
}

}  // namespace ci::order
