#include "clocks/clock_table.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <queue>
#include <tuple>

#include "order/observe/limits.h"

namespace ci::clocks {
namespace {

using wire::Micros;

/// After this time a sample counts for about a third: a crystal's drift follows the room's
/// temperature.
constexpr double forgotten_after = 1'800e6;
/// The usual drift is assumed until samples show more.
constexpr double usual_drift = 1e-4;
constexpr double drift_limit = 400e-6;
/// A sample off by this much, and by this many times the usual deviation, is not on the same line.
constexpr double far_off = 50'000;
constexpr double far_times = 8;
constexpr std::uint32_t strangers_for_a_jump = 5;
/// The delay from a sender to the collector, as order() assumes it (alignment.cpp).
constexpr Micros arrival_spread = 2'000;
constexpr Micros pair_spread = 100;

Micros rounded(double value) {
    constexpr double limit = 9e15;
    return static_cast<Micros>(std::llround(std::clamp(value, -limit, limit)));
}

}  // namespace

double Track::drift() const {
    const double noise = std::max(deviation, 100.0) / usual_drift;
    const double found = slope / (time_spread + noise * noise);
    return std::clamp(found, -drift_limit, drift_limit);
}

Micros Track::at(Micros when) const {
    return base + rounded(value + drift() * (static_cast<double>(when - origin) - time));
}

Micros Track::spread() const {
    return std::max<Micros>(1, rounded(deviation));
}

void Track::add(Micros when, Micros sample) {
    if (count == 0) {
        *this = Track{};
        origin = since = last = when;
        base = sample;
        weight = 1;
        count = 1;
        return;
    }
    const double off = static_cast<double>(sample - at(when));
    if (std::abs(off) > std::max(far_off, far_times * deviation)) {
        const bool agrees =
            strangers > 0 && std::abs(static_cast<double>(sample - stranger)) <= far_off;
        if (!agrees) stranger_since = when;
        strangers = agrees ? strangers + 1 : 1;
        stranger = sample;
        if (strangers < strangers_for_a_jump) return;
        const Micros jumped = stranger_since;
        *this = Track{};
        add(when, sample);
        since = jumped;
        return;
    }
    strangers = 0;
    const double now = static_cast<double>(when - origin);
    const double passed = std::max(0.0, static_cast<double>(when - last));
    const double kept = std::exp(-passed / forgotten_after);
    last = std::max(last, when);
    weight = weight * kept + 1;
    const double from_mean = now - time;
    const double above_mean = static_cast<double>(sample - base) - value;
    time += from_mean / weight;
    value += above_mean / weight;
    time_spread = time_spread * kept + from_mean * (now - time);
    slope = slope * kept + above_mean * (now - time);
    deviation += (std::abs(off) - deviation) / std::min(weight, 50.0);
    ++count;
}

void Track::merge(const Track& other) {
    if (other.count == 0) return;
    if (count == 0) {
        *this = other;
        return;
    }
    const double apart = static_cast<double>(other.at(other.last) - at(other.last));
    if (std::abs(apart) > std::max(far_off, far_times * std::max(deviation, other.deviation))) {
        if (other.since > since) *this = other;
        return;
    }
    // Combines two means and their sums of squares (Chan, Golub and LeVeque).
    const double total = weight + other.weight;
    const double later = static_cast<double>(other.origin - origin) + other.time - time;
    const double above = static_cast<double>(other.base - base) + other.value - value;
    const double share = weight * other.weight / total;
    time_spread += other.time_spread + later * later * share;
    slope += other.slope + later * above * share;
    time += later * other.weight / total;
    value += above * other.weight / total;
    deviation = (deviation * weight + other.deviation * other.weight) / total;
    weight = total;
    count += other.count;
    since = std::max(since, other.since);
    last = std::max(last, other.last);
}

template <class Key>
Track* ClockTable::track(std::map<Key, Track, std::less<>>& tracks, const Key& key,
                         std::size_t most) {
    const auto found = tracks.find(key);
    if (found != tracks.end()) return &found->second;
    if (tracks.size() >= most) {
        ++overflow_;
        return nullptr;
    }
    return &tracks[key];
}

void ClockTable::arrived(std::string_view observer, Micros stamp, Micros arrival) {
    if (Track* own = track(observers_, std::string(observer), max_observers)) {
        own->add(arrival, stamp - arrival);
    }
}

void ClockTable::seen_by_both(std::string_view sender, Micros sent, std::string_view receiver,
                              Micros received, Micros arrival) {
    const Pair pair{sender, receiver};
    if (Track* own = track(pairs_, pair, max_pairs)) own->add(arrival, received - sent);
}

void ClockTable::merge(const ClockTable& other) {
    for (const Row& row : other.rows()) restore(row);
    overflow_ += other.overflow_;
}

std::vector<ClockTable::Row> ClockTable::rows() const {
    std::vector<Row> rows;
    for (const auto& [observer, own] : observers_) rows.push_back({observer, "", own});
    for (const auto& [pair, own] : pairs_) rows.push_back({pair.first, pair.second, own});
    return rows;
}

void ClockTable::restore(const Row& row) {
    Track* own = row.to.empty() ? track(observers_, row.from, max_observers)
                                : track(pairs_, Pair{row.from, row.to}, max_pairs);
    if (own != nullptr) own->merge(row.track);
}

std::vector<order::ClockPrior> ClockTable::priors() const {
    // Starts from the observer with most samples and follows the closest ties to all observers that
    // it is tied to; then starts anew from the best of the others.
    struct Tie {
        std::string_view other;
        Micros ahead;  // by how much the other's clock is ahead
        double drift;
        Micros spread, since, at;
        std::uint64_t count;
    };
    std::map<std::string_view, std::vector<Tie>> ties;
    for (const auto& [pair, there] : pairs_) {
        const auto back = pairs_.find(Pair{pair.second, pair.first});
        const bool both_ways = back != pairs_.end();
        if (both_ways && pair.second < pair.first) continue;
        Tie tie{pair.second, there.at(there.last), there.drift(), there.spread(),
                there.since, there.last,           there.count};
        if (both_ways) {
            const Track& other = back->second;
            tie.at = std::max(there.last, other.last);
            tie.ahead = there.at(tie.at) / 2 - other.at(tie.at) / 2;
            tie.drift = (there.drift() - other.drift()) / 2;
            tie.spread = std::max(there.spread(), other.spread());
            tie.since = std::max(there.since, other.since);
            tie.count += other.count;
        }
        tie.spread = std::max(tie.spread, pair_spread);
        ties[pair.first].push_back(tie);
        Tie turned = tie;
        turned.other = pair.first;
        turned.ahead = -tie.ahead;
        turned.drift = -tie.drift;
        ties[pair.second].push_back(turned);
    }

    std::map<std::string_view, order::ClockPrior> known;
    while (true) {
        const std::pair<const std::string, Track>* root = nullptr;
        for (const auto& one : observers_) {
            if (known.contains(one.first)) continue;
            if (root == nullptr || one.second.count > root->second.count) root = &one;
        }
        if (root == nullptr) break;
        const Track& own = root->second;
        known[root->first] = {root->first,
                              own.last,
                              own.at(own.last) + order::usual_delay,
                              own.drift(),
                              std::max(own.spread(), arrival_spread),
                              own.count,
                              own.since};
        // The nearest first (Dijkstra): spreads add up along the way.
        struct Way {
            Micros spread;
            const Tie* tie;
            const order::ClockPrior* from;
            bool operator>(const Way& other) const {
                return std::tie(spread, tie->other) > std::tie(other.spread, other.tie->other);
            }
        };
        std::priority_queue<Way, std::vector<Way>, std::greater<>> ways;
        const auto reach = [&](const order::ClockPrior& prior) {
            for (const Tie& tie : ties[prior.observer]) {
                if (!known.contains(tie.other)) {
                    ways.push({prior.spread + tie.spread, &tie, &prior});
                }
            }
        };
        reach(known.at(root->first));
        while (!ways.empty()) {
            const auto [spread, tie, from] = ways.top();
            ways.pop();
            if (known.contains(tie->other)) continue;
            order::ClockPrior& prior = known[tie->other];
            prior = {std::string(tie->other),
                     tie->at,
                     from->offset_at(tie->at) + tie->ahead,
                     std::clamp(from->drift + tie->drift, -drift_limit, drift_limit),
                     spread,
                     tie->count,
                     std::max(from->since, tie->since)};
            reach(prior);
        }
    }
    std::vector<order::ClockPrior> priors;
    priors.reserve(known.size());
    for (auto& [name, prior] : known) priors.push_back(std::move(prior));
    return priors;
}

}  // namespace ci::clocks
