#include "order/observe/coarse_logs.h"

#include <algorithm>
#include <span>
#include <vector>

#include "order/observe/messages.h"

namespace ci::order {
namespace {

/// More logs of one call than this are not placed one by one.
constexpr std::ptrdiff_t most_logs = 8;

/// By observer: its reports come from a coarse log that shares messages with others.
std::vector<bool> find_dependent(const Observations& observations) {
    std::vector<bool> is_coarse(observations.observers.size());
    for (const Observation& seen : observations.all) {
        if (seen.from_coarse_log) is_coarse[seen.observer] = true;
    }
    std::vector<bool> dependent(is_coarse.size());
    if (std::find(is_coarse.begin(), is_coarse.end(), true) == is_coarse.end()) return dependent;
    // One log may share messages with another only, and that one with an observer of times.
    KeyMap<bool> known;
    std::vector<bool> is_known(is_coarse.size());
    std::vector<bool> is_next = is_coarse;
    is_next.flip();
    while (std::find(is_next.begin(), is_next.end(), true) != is_next.end()) {
        for (const Observation& seen : observations.all) {
            if (!is_next[seen.observer] || seen.method == 0) continue;
            for (const Key& key : LineKeys(seen)) known.emplace(key, true);
        }
        for (std::size_t i = 0; i < is_next.size(); ++i) {
            is_known[i] = is_known[i] || is_next[i];
            dependent[i] = is_coarse[i] && is_known[i];
        }
        is_next.assign(is_next.size(), false);
        for (const Observation& seen : observations.all) {
            if (is_known[seen.observer] || seen.method == 0) continue;
            const LineKeys keys(seen);
            if (std::any_of(keys.begin(), keys.end(),
                            [&](const Key& key) { return known.find(key) != nullptr; })) {
                is_next[seen.observer] = true;
            }
        }
    }
    if (std::count(dependent.begin(), dependent.end(), true) > most_logs) {
        dependent.assign(dependent.size(), false);
    }
    return dependent;
}

/// A record that waits for its last line is read later than lines that stand behind it. Positions
/// begin anew in a new file, and stamps go back when the clock is set: then only the reading tells
/// the order.
void sort_by_lines(std::span<Observation> log) {
    std::vector<Observation> sorted(log.begin(), log.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.log_position < b.log_position; });
    const bool holds = std::is_sorted(
        sorted.begin(), sorted.end(),
        [](const auto& a, const auto& b) { return !a.stamp || !b.stamp || *a.stamp < *b.stamp; });
    if (holds) std::copy(sorted.begin(), sorted.end(), log.begin());
}

}  // namespace

void take_coarse_logs(Observations& observations) {
    const auto dependent = find_dependent(observations);
    auto& all = observations.all;
    auto& taken = observations.in_coarse_logs;
    const auto rest = std::stable_partition(
        all.begin(), all.end(), [&](const Observation& seen) { return !dependent[seen.observer]; });
    taken.assign(rest, all.end());
    all.erase(rest, all.end());
    std::stable_sort(taken.begin(), taken.end(), [](const Observation& a, const Observation& b) {
        return a.observer < b.observer;
    });
    for (auto begin = taken.begin(); begin != taken.end();) {
        const auto end = std::find_if(begin, taken.end(), [&](const Observation& seen) {
            return seen.observer != begin->observer;
        });
        sort_by_lines({begin, end});
        begin = end;
    }
}

}  // namespace ci::order
