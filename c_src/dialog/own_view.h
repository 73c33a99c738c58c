// Two transmissions as one observer saw them: by its own clock they can be compared whatever else
// is known of that clock.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dialog/reading.h"
#include "dialog/transmission.h"

namespace ci::dialog {

/// Calls `act` with each two observations that are of one stretch. Where very many saw both, each
/// stretch's first ones only: the cost is that of sorting them, not that of comparing all with all.
template <class Act>
void for_each_in_common(const Readings& readings, std::span<const std::uint32_t> first,
                        std::span<const std::uint32_t> second, const Act& act) {
    constexpr std::size_t few = 256;
    if (first.size() * second.size() <= few) {
        for (const std::uint32_t i : first) {
            for (const std::uint32_t k : second) {
                if (readings.stretch[i] == readings.stretch[k]) act(i, k);
            }
        }
        return;
    }
    using Row = std::pair<std::uint32_t, std::uint32_t>;  // stretch, observation
    const auto firsts_of = [&](std::span<const std::uint32_t> observations) {
        std::vector<Row> rows;
        rows.reserve(observations.size());
        for (const std::uint32_t i : observations) rows.emplace_back(readings.stretch[i], i);
        std::sort(rows.begin(), rows.end());
        const auto same = [](const Row& a, const Row& b) { return a.first == b.first; };
        rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
        return rows;
    };
    const auto one = firsts_of(first);
    const auto other = firsts_of(second);
    auto at = other.begin();
    for (const auto& [stretch, i] : one) {
        while (at != other.end() && at->first < stretch) ++at;
        if (at == other.end()) return;
        if (at->first == stretch) act(i, at->second);
    }
}

/// Calls `act` with each stretch that saw both and how much later it saw the second.
template <class Act>
void for_each_own_view(const Readings& readings, const Transmission& first,
                       const Transmission& second, const Act& act) {
    for_each_in_common(
        readings, first.observations, second.observations, [&](std::uint32_t i, std::uint32_t k) {
            act(readings.stretches[readings.stretch[i]], readings.times[k] - readings.times[i]);
        });
}

}  // namespace ci::dialog
