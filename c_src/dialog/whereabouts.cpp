#include "dialog/whereabouts.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace ci::dialog {
namespace {

/// How often each host is an end of what an observer saw, by observer and host.
using Counts = std::vector<std::pair<std::uint64_t, std::size_t>>;

Counts count_ends(const Observations& observations) {
    std::vector<std::uint64_t> ends;
    for (const Observation& seen : observations.all) {
        ends.push_back(both(seen.observer, seen.src_host));
        if (seen.dst_host != seen.src_host) ends.push_back(both(seen.observer, seen.dst_host));
    }
    std::sort(ends.begin(), ends.end());
    Counts counts;
    for (const auto end : ends) {
        if (counts.empty() || counts.back().first != end) counts.emplace_back(end, 0);
        ++counts.back().second;
    }
    return counts;
}

}  // namespace

std::vector<Id> find_hosts(const Observations& observations) {
    std::vector<std::size_t> seen(observations.observers.size());
    for (const Observation& one : observations.all) ++seen[one.observer];
    const Counts counts = count_ends(observations);
    std::vector<Id> hosts(seen.size());
    for (std::size_t begin = 0; begin < counts.size();) {
        const auto observer = static_cast<std::size_t>(counts[begin].first >> 32U);
        std::size_t most = 0;
        std::size_t second = 0;
        for (; begin < counts.size() && counts[begin].first >> 32U == observer; ++begin) {
            const auto& [end, count] = counts[begin];
            second = std::max(second, std::min(count, most));
            if (count <= most) continue;
            most = count;
            hosts[observer] = static_cast<Id>(end);
        }
        // One in eight may be of another address of the same machine.
        if (most < seen[observer] - seen[observer] / 8 || second == most) hosts[observer] = 0;
    }
    return hosts;
}

}  // namespace ci::dialog
