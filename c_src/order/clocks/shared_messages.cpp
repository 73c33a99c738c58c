#include "order/clocks/shared_messages.h"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <tuple>
#include <utility>

#include "order/observe/limits.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

/// Half of T1 (RFC 3261 17.1.1.1): sightings further apart are two transmissions.
constexpr Micros apart = 250'000;

struct Found {
    SharedMessage common;
    bool again;  ///< retransmitted, so its counterpart is not certain
};

using Seen = std::span<const Sighting>;

/// The sightings of one message, by observer.
std::vector<Seen> by_observer(Seen message) {
    std::vector<Seen> seen;
    for (std::size_t begin = 0; begin < message.size();) {
        std::size_t end = begin;
        while (end < message.size() && message[end].observer == message[begin].observer) ++end;
        seen.push_back(message.subspan(begin, end - begin));
        begin = end;
    }
    return seen;
}

class SharedMessages {
  public:
    SharedMessages(const Observations& observations, const Timebase& timebase,
                   const Sightings& sightings)
        : observations_(observations), timebase_(timebase), sightings_(sightings) {
        std::vector<std::vector<Micros>> ahead(timebase.epochs.size());
        for (std::size_t i = 0; i < observations.all.size(); ++i) {
            ahead[timebase.epoch[i]].push_back(timebase.times[i] - observations.all[i].arrival);
        }
        for (auto& own : ahead) ahead_.push_back(median(own));
        span_ = observations.all.back().arrival - observations.all.front().arrival;
    }

    /// Compares every observer of a message with the one of them that saw most messages, not each
    /// with each: a message seen by a thousand must not cost a million comparisons.
    void compare(Seen message) {
        const auto seen_by = by_observer(message);
        if (seen_by.size() < 2) return;
        const auto trust = [&](const Seen& seen) {
            const Sighting& first = seen.front();
            return std::pair(!timebase_.epochs[first.epoch].has_clock,
                             ~sightings_.count[first.observer]);
        };
        const Seen hub =
            *std::min_element(seen_by.begin(), seen_by.end(),
                              [&](const Seen& a, const Seen& b) { return trust(a) < trust(b); });
        for (const Seen& other : seen_by) {
            if (other.data() == hub.data()) continue;
            const bool hub_first = hub.front().observer < other.front().observer;
            const Seen& first = hub_first ? hub : other;
            const Seen& second = hub_first ? other : hub;
            if (other.size() != hub.size()) {
                match(first, second);
                continue;
            }
            const bool unsure = hub.size() > 1 && !is_same_series(first, second);
            for (std::size_t k = 0; k < hub.size(); ++k) add(first[k], second[k], unsure);
        }
    }

    std::vector<SharedMessage> take() {
        std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
            const auto rank = [](const Found& found) {
                const SharedMessage& one = found.common;
                return std::tie(one.first, one.second, found.again, one.first_time, one.second_time,
                                one.first_seen);
            };
            return rank(a) < rank(b);
        });
        std::vector<SharedMessage> common;
        for (std::size_t i = 0; i < found_.size(); ++i) {
            const bool same = !common.empty() && common.back().first == found_[i].common.first &&
                              common.back().second == found_[i].common.second;
            if (!same) only_again_ = found_[i].again;
            if (found_[i].again == only_again_) common.push_back(found_[i].common);
        }
        return common;
    }

  private:
    /// Its time is only what was found between those of others (late_links.h).
    [[nodiscard]] bool is_placed(const Sighting& one) const {
        return observations_.uneven[one.observer] && !timebase_.epochs[one.epoch].has_clock;
    }

    /// Sightings that arrived at very different times are not the same transmission.
    [[nodiscard]] bool arrivals_refute(const Sighting& first, const Sighting& second) const {
        if (!timebase_.epochs[first.epoch].prompt) return false;
        if (!timebase_.epochs[second.epoch].prompt) return false;
        const Micros usual = ahead_[second.epoch] - ahead_[first.epoch];
        return std::abs(second.time - first.time - usual) > apart + span_ / drift_divisor;
    }

    /// Whether the first two sightings of both observers are equally far apart. As long as
    /// intervals double (RFC 3261 17.1.1.2), no other two transmissions are.
    [[nodiscard]] static bool is_same_series(const Seen& first, const Seen& second) {
        constexpr Micros exact = 2'000;
        constexpr Micros longest = 3'000'000;  // T2 is 4 s
        const Micros interval = first[1].time - first[0].time;
        return interval < longest && std::abs(second[1].time - second[0].time - interval) <= exact;
    }

    /// If counts differ, transmissions were lost. The intervals between transmissions double (RFC
    /// 3261 17.1.1.2), so they tell which transmission is which: takes the only shift of one series
    /// against the other at which most sightings coincide.
    void match(const Seen& first, const Seen& second) {
        constexpr std::size_t least = 3;
        constexpr std::size_t most = 16;
        if (std::min(first.size(), second.size()) < least) return;
        if (std::max(first.size(), second.size()) > most) return;
        using Matched = std::vector<std::pair<const Sighting*, const Sighting*>>;
        Matched best;
        bool is_only = false;
        for (const Sighting& a : first) {
            for (const Sighting& b : second) {
                Matched matched = matched_at(first, second, b.time - a.time);
                if (matched == best || matched.size() < best.size()) continue;
                is_only = matched.size() > best.size();
                best = std::move(matched);
            }
        }
        if (!is_only || best.size() < least) return;
        for (const auto& [a, b] : best) add(*a, *b, true);
    }
    static std::vector<std::pair<const Sighting*, const Sighting*>> matched_at(const Seen& first,
                                                                               const Seen& second,
                                                                               Micros ahead) {
        constexpr Micros exact = 2'000;
        std::vector<std::pair<const Sighting*, const Sighting*>> matched;
        auto b = second.begin();
        for (const Sighting& a : first) {
            const Micros wanted = a.time + ahead;
            const Micros off = exact + std::abs(a.time - first.front().time) / drift_divisor;
            while (b != second.end() && b->time < wanted - off) ++b;
            if (b != second.end() && b->time <= wanted + off) matched.emplace_back(&a, &*b++);
        }
        return matched;
    }

    void add(const Sighting& first, const Sighting& second, bool again) {
        if (arrivals_refute(first, second)) return;
        if (is_placed(first) || is_placed(second)) return;
        SharedMessage one;
        one.first = first.epoch;
        one.second = second.epoch;
        one.first_seen = sightings_.observations[first.begin];
        one.second_seen = sightings_.observations[second.begin];
        one.first_time = first.time;
        one.second_time = second.time;
        one.first_late = timebase_.late[one.first_seen];
        one.second_late = timebase_.late[one.second_seen];
        const Observation& seen = observations_.all[one.first_seen];
        one.hop = pack_unordered(seen.src_host, seen.dst_host);
        one.up = pack(seen.src_host, seen.src) < pack(seen.dst_host, seen.dst);
        found_.push_back({one, again});
    }

    const Observations& observations_;
    const Timebase& timebase_;
    const Sightings& sightings_;
    std::vector<Micros> ahead_;  ///< by epoch: how far readings usually are ahead of arrivals
    Micros span_ = 0;
    std::vector<Found> found_;
    bool only_again_ = false;
};

}  // namespace

std::vector<SharedMessage> find_shared_messages(const Observations& observations,
                                                const Timebase& timebase,
                                                const Sightings& sightings) {
    SharedMessages shared(observations, timebase, sightings);
    const auto all = Seen(sightings.all);
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin;
        while (end < all.size() && all[end].message == all[begin].message) ++end;
        shared.compare(all.subspan(begin, end - begin));
        begin = end;
    }
    return shared.take();
}

}  // namespace ci::order
