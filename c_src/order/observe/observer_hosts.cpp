#include "order/observe/observer_hosts.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace ci::order {
namespace {

/// By observer and host (packed, sorted): how many of the observer's messages have the host as an
/// end.
using Counts = std::vector<std::pair<std::uint64_t, std::size_t>>;

Counts count_ends(const Observations& observations) {
    std::vector<std::uint64_t> ends;
    for (const auto* all : {&observations.all, &observations.in_coarse_logs}) {
        for (const Observation& seen : *all) {
            ends.push_back(pack(seen.observer, seen.src_host));
            if (seen.dst_host != seen.src_host) ends.push_back(pack(seen.observer, seen.dst_host));
        }
    }
    std::sort(ends.begin(), ends.end());
    Counts counts;
    for (const auto end : ends) {
        if (counts.empty() || counts.back().first != end) counts.emplace_back(end, 0);
        ++counts.back().second;
    }
    return counts;
}

/// The only host that is an end of at least seven in eight observations; 0: none, or several. The
/// eighth allows for another address of the same machine. `taken`: hosts of other observers.
Symbol only_host(std::span<const Counts::value_type> own, std::size_t seen,
                 const std::vector<Symbol>& taken) {
    std::size_t most = 0;
    std::size_t second = 0;
    Symbol host = 0;
    for (const auto& [end, count] : own) {
        const auto candidate = static_cast<Symbol>(end);
        if (std::binary_search(taken.begin(), taken.end(), candidate)) continue;
        second = std::max(second, std::min(count, most));
        if (count <= most) continue;
        most = count;
        host = candidate;
    }
    return most < seen - seen / 8 || second == most ? 0 : host;
}

}  // namespace

std::vector<Symbol> find_observer_hosts(const Observations& observations) {
    std::vector<std::size_t> seen(observations.observers.size());
    for (const auto* all : {&observations.all, &observations.in_coarse_logs}) {
        for (const Observation& one : *all) ++seen[one.observer];
    }
    const Counts counts = count_ends(observations);
    std::vector<Symbol> hosts(seen.size());
    std::vector<Symbol> taken;
    // First the observers with only one possible host; then the others, without the hosts already
    // taken.
    for (int round = 0; round < 2; ++round) {
        for (std::size_t begin = 0; begin < counts.size();) {
            const auto observer = static_cast<std::size_t>(counts[begin].first >> 32U);
            std::size_t end = begin;
            while (end < counts.size() && counts[end].first >> 32U == observer) ++end;
            if (hosts[observer] == 0) {
                hosts[observer] =
                    only_host(std::span(counts).subspan(begin, end - begin), seen[observer], taken);
            }
            begin = end;
        }
        if (round > 0) break;
        taken = hosts;
        std::sort(taken.begin(), taken.end());
    }
    return hosts;
}

}  // namespace ci::order
