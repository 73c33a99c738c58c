#include "dialog/alignment.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

namespace ci::dialog {
namespace {

using wire::Micros;

/// Quartz drifts by tens of millionths; beyond this a slope is noise.
constexpr double drift_limit = 300e-6;
constexpr std::size_t drift_samples = 9;
constexpr Micros drift_span = 60'000'000;

/// Less: more to be trusted.
std::pair<bool, std::uint32_t> weight(const Stretch& stretch) {
    return {!stretch.has_clock, ~stretch.observations};
}

std::vector<std::uint32_t> by_weight(const std::vector<Stretch>& stretches) {
    std::vector<std::uint32_t> numbers(stretches.size());
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::stable_sort(numbers.begin(), numbers.end(), [&](std::uint32_t a, std::uint32_t b) {
        return weight(stretches[a]) < weight(stretches[b]);
    });
    return numbers;
}

/// A message that two observers saw.
struct Common {
    Micros time;        ///< by the first observer
    Micros difference;  ///< the second observer's reading minus the first's
    bool up;            ///< from the smaller to the greater address: one of two directions
    bool again;         ///< it was sent several times: which is which is not certain
};

/// Two stretches (the first has the smaller number) and what ties them.
struct Link {
    std::uint32_t first, second;
    bool clocks;        ///< both have one
    std::size_t count;  ///< messages in common
    Mapping second_to_first;
};

using Pair = std::pair<std::uint32_t, std::uint32_t>;
using CommonByPair = std::map<Pair, std::vector<Common>>;

/// Every observer of a message is compared with the one of them that saw most in all, not each
/// with each: a message seen by a thousand must not cost a million.
CommonByPair find_common(const Observations& observations, const Readings& readings,
                         const Sightings& sightings) {
    CommonByPair common;
    const auto& all = sightings.all;
    for (std::size_t begin = 0; begin < all.size();) {
        std::vector<std::span<const Sighting>> seen_by;
        std::size_t end = begin;
        while (end < all.size() && all[end].message == all[begin].message) {
            const std::size_t from = end;
            while (end < all.size() && all[end].message == all[from].message &&
                   all[end].observer == all[from].observer) {
                ++end;
            }
            seen_by.push_back(std::span(all).subspan(from, end - from));
        }
        const auto trust = [&](const auto& sighted) {
            const Sighting& first = sighted.front();
            return std::pair(!readings.stretches[first.stretch].has_clock,
                             ~readings.chunks[first.observer]);
        };
        const auto hub =
            *std::min_element(seen_by.begin(), seen_by.end(),
                              [&](const auto& a, const auto& b) { return trust(a) < trust(b); });
        const Observation& seen = observations.all[sightings.observations[all[begin].begin]];
        const bool up = both(seen.src_host, seen.src) < both(seen.dst_host, seen.dst);
        for (const auto& other : seen_by) {
            // With unequal counts something was lost, and who knows which transmission is which.
            if (other.data() == hub.data() || other.size() != hub.size()) continue;
            const bool hub_first = hub.front().observer < other.front().observer;
            const auto& first = hub_first ? hub : other;
            const auto& second = hub_first ? other : hub;
            for (std::size_t k = 0; k < hub.size(); ++k) {
                common[{first[k].stretch, second[k].stretch}].push_back(
                    {first[k].time, second[k].time - first[k].time, up, hub.size() > 1});
            }
        }
        begin = end;
    }
    return common;
}

Micros median_difference(std::span<const Common> common, bool up) {
    std::vector<Micros> values;
    for (const Common& one : common) {
        if (one.up == up) values.push_back(one.difference);
    }
    return median(values);
}

/// Tukey's resistant line: the slope between the medians of the first and the last third.
double slope(std::span<const std::pair<Micros, Micros>> points) {
    if (points.size() < drift_samples) return 0;
    if (points.back().first - points.front().first < drift_span) return 0;
    const auto middle = [](std::span<const std::pair<Micros, Micros>> third) {
        std::vector<Micros> x;
        std::vector<Micros> y;
        for (const auto& [time, value] : third) {
            x.push_back(time);
            y.push_back(value);
        }
        return std::pair(median(x), median(y));
    };
    const std::size_t third = points.size() / 3;
    const auto left = middle(points.first(third));
    const auto right = middle(points.last(third));
    if (right.first == left.first) return 0;
    const double found = static_cast<double>(right.second - left.second) /
                         static_cast<double>(right.first - left.first);
    return std::abs(found) <= drift_limit ? found : 0;
}

Mapping fit(std::vector<Common>& common) {
    const auto certain =
        std::partition(common.begin(), common.end(), [](const Common& one) { return !one.again; });
    if (certain != common.begin()) common.erase(certain, common.end());
    std::sort(common.begin(), common.end(), [](const Common& a, const Common& b) {
        return std::tie(a.time, a.difference, a.up) < std::tie(b.time, b.difference, b.up);
    });
    const auto ups = std::count_if(common.begin(), common.end(), [](auto& one) { return one.up; });
    const bool one_way = ups == 0 || ups == static_cast<std::ptrdiff_t>(common.size());
    const Micros up = median_difference(common, true);
    const Micros down = one_way ? up : median_difference(common, false);
    Mapping mapping;
    mapping.offset = !one_way   ? up + (down - up) / 2
                     : ups == 0 ? median_difference(common, false)
                                : up;

    std::vector<std::pair<Micros, Micros>> points;
    for (const Common& one : common) {
        const Micros usual = one_way ? mapping.offset : one.up ? up : down;
        points.emplace_back(one.time + one.difference, one.difference - usual);
    }
    const auto spread = [&](double drift) {
        std::vector<Micros> beside;
        for (const auto& [time, rest] : points) {
            const auto drifted = drift * static_cast<double>(time - mapping.pivot);
            beside.push_back(std::abs(rest - static_cast<Micros>(drifted)));
        }
        return median(beside);
    };
    mapping.pivot = points[points.size() / 2].first;
    mapping.spread = spread(0);
    const double drift = slope(points);
    const Micros better = spread(drift);
    if (better < mapping.spread) {
        mapping.drift = drift;
        mapping.spread = better;
    }
    return mapping;
}

/// The same tie, read the other way round.
Mapping inverse(const Mapping& mapping) {
    Mapping turned = mapping;
    turned.pivot = mapping.to_common(mapping.pivot);
    turned.offset = -mapping.offset;
    turned.drift = -mapping.drift;
    return turned;
}

/// From `child` to where `parent` leads. Offsets are kept within what times can differ by.
Mapping through(const Mapping& child, const Mapping& parent) {
    Mapping result = child;
    const Micros reached = child.to_common(child.pivot);
    const Micros total = child.pivot - parent.to_common(reached);
    result.offset = std::clamp(total, -2 * latest_time, 2 * latest_time);
    result.drift = std::clamp(child.drift + parent.drift, -drift_limit, drift_limit);
    result.group = parent.group;
    return result;
}

std::vector<Link> links_of(const Readings& readings, CommonByPair& common) {
    std::vector<Link> links;
    for (auto& [pair, messages] : common) {
        const bool clocks =
            readings.stretches[pair.first].has_clock && readings.stretches[pair.second].has_clock;
        links.push_back({pair.first, pair.second, clocks, messages.size(), fit(messages)});
    }
    std::stable_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
        return std::tie(b.clocks, b.count) < std::tie(a.clocks, a.count);
    });
    return links;
}

/// Disjoint sets of stretches (Tarjan's union-find with path halving).
class Groups {
  public:
    explicit Groups(std::size_t count) : parent_(count) {
        std::iota(parent_.begin(), parent_.end(), 0U);
    }
    std::uint32_t of(std::uint32_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    bool join(std::uint32_t a, std::uint32_t b) {
        a = of(a);
        b = of(b);
        parent_[std::max(a, b)] = std::min(a, b);
        return a != b;
    }

  private:
    std::vector<std::uint32_t> parent_;
};

struct Moment {
    Micros arrival, common;
};

/// The common time at which something that arrived at `arrival` happened, between its neighbours
/// in the order of arrival. Arrivals are often bunched, but seldom out of order.
Micros interpolate(std::span<const Moment> known, Micros arrival) {
    const auto after = std::lower_bound(
        known.begin(), known.end(), arrival,
        [](const Moment& moment, Micros wanted) { return moment.arrival < wanted; });
    if (after == known.end()) return known.back().common + (arrival - known.back().arrival);
    if (after == known.begin()) return after->common + (arrival - after->arrival);
    const Moment& before = *(after - 1);
    const auto part = static_cast<double>(arrival - before.arrival) /
                      static_cast<double>(after->arrival - before.arrival);
    const auto gap = static_cast<double>(after->common - before.common);
    return before.common + static_cast<Micros>(gap * part);
}

}  // namespace

std::uint32_t common_clock(const Readings& readings) {
    return by_weight(readings.stretches).front();
}

std::vector<Mapping> align(const Observations& observations, const Readings& readings,
                           const Sightings& sightings) {
    const std::size_t count = readings.stretches.size();
    CommonByPair common = find_common(observations, readings, sightings);
    const auto links = links_of(readings, common);

    // A spanning tree of the strongest links; what hangs together is one group.
    Groups groups(count);
    std::vector<std::vector<std::pair<std::uint32_t, Mapping>>> neighbours(count);
    std::vector<Micros> spread(count, latest_time);
    for (const Link& link : links) {
        const Mapping& tie = link.second_to_first;
        spread[link.first] = std::min(spread[link.first], tie.spread);
        spread[link.second] = std::min(spread[link.second], tie.spread);
        if (!groups.join(link.first, link.second)) continue;
        neighbours[link.first].emplace_back(link.second, tie);
        neighbours[link.second].emplace_back(link.first, inverse(tie));
    }

    const auto roots = by_weight(readings.stretches);
    std::vector<std::vector<std::uint32_t>> own(count);
    for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
        own[readings.stretch[i]].push_back(i);
    }
    std::vector<Mapping> mappings(count);
    std::vector<bool> mapped(count, false);
    std::vector<Moment> known;  // the first group's, which the others are tied to by arrival
    for (const std::uint32_t root : roots) {
        if (mapped[root]) continue;
        std::vector<std::uint32_t> reached = {root};
        mapped[root] = true;
        // Arrivals that show a clock being set are good enough to tie what lies on either side.
        mappings[root].group = readings.stretches[root].was_set ? roots.front() : root;
        if (!known.empty()) {
            std::vector<Micros> ahead;
            for (const auto i : own[root]) {
                ahead.push_back(readings.times[i] -
                                interpolate(known, observations.all[i].arrival));
            }
            mappings[root].offset = median(ahead);
        }
        for (std::size_t at = 0; at < reached.size(); ++at) {
            for (const auto& [next, tie] : neighbours[reached[at]]) {
                if (mapped[next]) continue;
                mapped[next] = true;
                mappings[next] = through(tie, mappings[reached[at]]);
                reached.push_back(next);
            }
        }
        if (!known.empty()) continue;
        for (std::size_t i = 0; i < observations.all.size(); ++i) {
            const Observation& seen = observations.all[i];
            const std::uint32_t stretch = readings.stretch[i];
            if (!mapped[stretch]) continue;
            known.push_back({seen.arrival, mappings[stretch].to_common(readings.times[i])});
        }
    }
    for (std::size_t i = 0; i < count; ++i) mappings[i].spread = spread[i];
    return mappings;
}

}  // namespace ci::dialog
