#include "order/clocks/clock_difference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "order/clocks/round_trips.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

/// The latency between hosts at one place. A greater one is checked against round trips.
constexpr Micros usual_latency = 2'000;
constexpr Micros latency_tolerance = 250;
/// Differences that lie no further apart than `agreeing` agree. Where a stamp was late they may be
/// off by `bounded` to that side.
constexpr double agreeing = 600;
constexpr double bounded = 3'000;
/// Of more messages the middle is good enough.
constexpr std::size_t few = 24;

Micros longest_of(const KeyMap<Micros>& latencies, const SharedMessage& one) {
    const Micros* known = latencies.find(Key{one.hop, 0, 0, 0, 0});
    return known == nullptr ? latest_time : *known;
}

}  // namespace

int ClockDifferences::direction(const SharedMessage& one) const {
    const Observation& seen = observations_.all[one.first_seen];
    if (seen.src_host == seen.dst_host) return 0;
    const Symbol first = hosts_[timebase_.epochs[one.first].observer];
    const Symbol second = hosts_[timebase_.epochs[one.second].observer];
    if (first == seen.src_host || second == seen.dst_host) return 1;
    if (first == seen.dst_host || second == seen.src_host) return -1;
    return 0;
}

Micros ClockDifferences::ahead(std::span<const SharedMessage> common) {
    std::vector<Micros> up, down, all;
    int directed = 0;
    for (const SharedMessage& one : common) {
        const int way = direction(one);
        if (way != 0) directed = one.up == (way > 0) ? 1 : -1;
        (one.up ? up : down).push_back(one.difference());
        all.push_back(one.difference());
    }
    if (up.empty() || down.empty()) return mode(all);
    if (directed != 0 && all.size() <= few) return best_of(common, directed);
    const Micros ups = mode(up);
    const Micros downs = mode(down);
    const Micros latency = directed * (ups - downs) / 2;
    const bool is_late =
        latency < -latency_tolerance ||
        (latency > usual_latency && latency > longest_latency(common) + latency_tolerance);
    return is_late ? mode(all) : ups + (downs - ups) / 2;
}

/// Of few messages the middle one may be late. Tries each message in one direction with each in the
/// other, or alone, and returns the offset that most messages agree with.
Micros ClockDifferences::best_of(std::span<const SharedMessage> common, int directed) {
    const auto cost = [](Micros rest, double deviation) {
        const double far = static_cast<double>(rest) / deviation;
        return std::log1p(far * far);
    };
    const auto sign = [&](const SharedMessage& one) { return one.up == (directed > 0) ? 1 : -1; };
    Micros best = 0;
    double least = std::numeric_limits<double>::max();
    const auto look_at = [&](Micros offset, Micros latency) {
        // One clock that stamps late now and then is likelier than two.
        double first_late = 0;
        double second_late = 0;
        for (const SharedMessage& one : common) {
            const Micros rest = one.difference() - offset - sign(one) * latency;
            const bool allowed = rest > 0 ? one.second_late : one.first_late;
            (rest > 0 ? second_late : first_late) += cost(rest, allowed ? bounded : agreeing);
        }
        const double sum = cost(latency, usual_latency) + first_late + second_late +
                           std::min(first_late, second_late);
        if (sum >= least) return;
        least = sum;
        best = offset;
    };
    for (const SharedMessage& there : common) {
        look_at(there.difference(), 0);
        if (sign(there) < 0) continue;
        for (const SharedMessage& back : common) {
            if (sign(back) > 0) continue;
            const Micros latency = (there.difference() - back.difference()) / 2;
            if (latency < 0) continue;
            if (latency > usual_latency && latency > longest_latency(common) + latency_tolerance)
                continue;
            look_at(back.difference() + latency, latency);
        }
    }
    return best;
}

std::optional<Micros> ClockDifferences::longest_latency(const SharedMessage& one) const {
    if (!longest_) return std::nullopt;
    return longest_of(*longest_, one);
}

Micros ClockDifferences::longest_latency(std::span<const SharedMessage> common) {
    if (!longest_) longest_ = longest_latencies(observations_, timebase_, hosts_);
    Micros longest = 0;
    for (const SharedMessage& one : common) longest = std::max(longest, longest_of(*longest_, one));
    return longest;
}

}  // namespace ci::order
