#include "order/observe/agreement.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <tuple>
#include <vector>

#include "order/observe/limits.h"
#include "order/observe/reports.h"

namespace ci::order {
namespace {

using wire::Micros;

/// Directions that differ by more differ because of something else than latency.
constexpr Micros max_round_trip = 300'000;

/// The value that most others lie near; of several such the one nearest to 0.
Micros densest(std::vector<Micros>& values) {
    std::sort(values.begin(), values.end());
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; first < values.size(); ++first) {
        while (last < values.size() && values[last] - values[first] <= 2 * evenly) ++last;
        const std::size_t count = last - first;
        const std::size_t middle = first + count / 2;
        const bool is_nearer = std::abs(values[middle]) < std::abs(values[best]);
        if (count < most || (count == most && !is_nearer)) continue;
        most = count;
        best = middle;
    }
    return values.empty() ? 0 : values[best];
}

}  // namespace

Agreement agreement(std::span<const Both> times) {
    Agreement result;
    result.of = times.size();
    if (times.empty()) return result;
    std::vector<Micros> ways[2];
    std::vector<Micros> all;
    Micros first = std::numeric_limits<Micros>::max();
    Micros last = std::numeric_limits<Micros>::min();
    for (const Both& both : times) {
        all.push_back(both.one - both.other);
        ways[both.up ? 1 : 0].push_back(all.back());
        first = std::min(first, both.other);
        last = std::max(last, both.other);
    }
    const Micros tolerance = evenly + (last - first) / drift_divisor;
    const auto agrees = [&](const Both& both, Micros down, Micros up) {
        return std::abs(both.one - both.other - (both.up ? up : down)) <= tolerance;
    };
    const auto count = [&](Micros down, Micros up) {
        return static_cast<std::size_t>(std::count_if(
            times.begin(), times.end(), [&](auto& both) { return agrees(both, down, up); }));
    };
    auto& [down, up] = result.on_way;
    down = up = result.ahead = densest(all);
    result.count = count(down, up);
    if (!result.holds() && !ways[0].empty() && !ways[1].empty()) {
        // Over long distances latency looks uneven, unless each direction is looked at alone.
        const std::pair own{densest(ways[0]), densest(ways[1])};
        const std::size_t more = count(own.first, own.second);
        if (std::abs(own.second - own.first) <= max_round_trip && more > result.count) {
            std::tie(down, up) = own;
            result.ahead = down + (up - down) / 2;
            result.count = more;
        }
    }
    const Both* before = nullptr;
    for (const Both& both : times) {
        if (!agrees(both, down, up)) continue;
        if (before != nullptr &&
            std::min(both.one - before->one, both.other - before->other) <= evenly) {
            continue;
        }
        ++result.instants;
        before = &both;
    }
    return result;
}

}  // namespace ci::order
