// Two transmissions as one observer saw them. The observer's own clock compares them, whatever else
// is known of that clock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "order/clocks/transmission.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// Calls `act` with each pair of observations of one epoch. If very many observers saw both
/// transmissions, only each epoch's first observations are paired, so that the cost is that of
/// sorting and not that of comparing all with all.
template <class Act>
void for_each_shared_epoch(const Timebase& timebase, std::span<const std::uint32_t> first,
                           std::span<const std::uint32_t> second, const Act& act) {
    constexpr std::size_t few = 256;
    if (first.size() * second.size() <= few) {
        for (const std::uint32_t i : first) {
            for (const std::uint32_t k : second) {
                if (timebase.epoch[i] == timebase.epoch[k]) act(i, k);
            }
        }
        return;
    }
    using Row = std::pair<std::uint32_t, std::uint32_t>;  // epoch, observation
    const auto firsts_of = [&](std::span<const std::uint32_t> observations) {
        std::vector<Row> rows;
        rows.reserve(observations.size());
        for (const std::uint32_t i : observations) rows.emplace_back(timebase.epoch[i], i);
        std::sort(rows.begin(), rows.end());
        const auto same = [](const Row& a, const Row& b) { return a.first == b.first; };
        rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
        return rows;
    };
    const auto one = firsts_of(first);
    const auto other = firsts_of(second);
    auto at = other.begin();
    for (const auto& [epoch, i] : one) {
        while (at != other.end() && at->first < epoch) ++at;
        if (at == other.end()) return;
        if (at->first == epoch) act(i, at->second);
    }
}

/// Calls `act` with each epoch that saw both, and with how much later it saw the second.
template <class Act>
void for_each_same_clock(const Timebase& timebase, const Transmission& first,
                         const Transmission& second, const Act& act) {
    for_each_shared_epoch(
        timebase, first.observations, second.observations, [&](std::uint32_t i, std::uint32_t k) {
            act(timebase.epochs[timebase.epoch[i]], timebase.times[k] - timebase.times[i]);
        });
}

}  // namespace ci::order
