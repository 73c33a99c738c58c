#include "order/causality/refuted_clocks.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <span>
#include <tuple>

#include "order/causality/protocol_order.h"
#include "order/causality/same_clock.h"
#include "order/clocks/by_dialogue.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

/// No clock's stamp is late by more than `no_clock`. A stamp that puts one sender's messages over
/// one hop in the wrong order is not late by more than `no_clock_of_one_sender`.
constexpr Micros no_clock = 150'000;
constexpr Micros no_clock_of_one_sender = 50'000;
/// Reports of the same messages that arrive as evenly as this were not delayed on their way.
constexpr Micros evenly = 10'000;
/// Fewer jumps prove nothing: the clock may have been set.
constexpr std::size_t few = 3;

/// Two observers' stamps and arrivals of one transmission.
struct Pair {
    std::uint32_t first = 0, second = 0;  ///< observers
    Micros arrival = 0;
    Micros stamps = 0, arrivals = 0;  ///< by how much the second's are later
    /// By how much the second's stamp is later than the first's arrival, and the second's arrival
    /// than the first's stamp.
    Micros after_arrival = 0, before_arrival = 0;
};

class Refuter {
  public:
    Refuter(const Observations& observations, const Timebase& timebase, const Sightings& sightings,
            const Transmissions& transmissions)
        : observations_(observations),
          timebase_(timebase),
          sightings_(sightings),
          transmissions_(transmissions),
          refuted_(observations.observers.size(), false),
          streams_(observations.observers.size()) {}

    std::vector<bool> run(const std::vector<Edge>& causes) {
        if (runs_back()) {
            for (const Edge& edge : causes) look_at(edge, no_clock);
            const auto strict = find_by_dialogue<Edge>(
                transmissions_, observations_.dialogues.size(), [&](const Transmissions& one) {
                    return find_strict_protocol_order(observations_, timebase_, one);
                });
            for (const Edge& edge : strict) look_at(edge, no_clock_of_one_sender);
        }
        const std::vector<Micros> jumps = usual_jumps();
        const auto jumpy = [](Micros jump) { return jump > no_clock_of_one_sender; };
        if (std::any_of(jumps.begin(), jumps.end(), jumpy)) compare_pairs(causes, jumps);
        for (std::size_t i = 0; i < streams_.size(); ++i) {
            if (streams_[i].is_scattered()) refuted_[i] = true;
        }
        return std::move(refuted_);
    }

  private:
    /// How one observer's stamps compare with its arrivals, and its arrivals with those of others.
    struct Stream {
        std::size_t forward = 0, back = 0;  ///< stamps jump against arrivals
        std::size_t earlier = 0;            ///< stamps that lie before the one that arrived earlier
        std::size_t even = 0, uneven = 0;   ///< arrivals near those of causes and effects, or not

        /// Excludes logs: their arrivals come in batches, but their lines are in order.
        [[nodiscard]] bool is_scattered() const {
            return std::min(forward, back) >= 2 && earlier > 0 && even >= few && uneven == 0;
        }
    };

    [[nodiscard]] bool has_clock(std::uint32_t i) const {
        return timebase_.epochs[timebase_.epoch[i]].has_clock;
    }

    /// Whether one observer's stamps go back, in the order of arrival, by more than lateness
    /// explains.
    [[nodiscard]] bool runs_back() const {
        std::vector<Micros> latest(timebase_.epochs.size(), 0);
        for (std::size_t i = 0; i < observations_.all.size(); ++i) {
            Micros& before = latest[timebase_.epoch[i]];
            if (timebase_.times[i] < before - no_clock_of_one_sender) return true;
            before = std::max(before, timebase_.times[i]);
        }
        return false;
    }

    /// Refutes an observer that stamped a cause long after its effect although their reports
    /// arrived in the right order.
    void look_at(const Edge& edge, Micros limit) {
        const Transmission& cause = transmissions_.all[edge.cause];
        const Transmission& effect = transmissions_.all[edge.effect];
        if (transmissions_.messages[cause.message].count > 1) return;
        if (transmissions_.messages[effect.message].count > 1) return;
        for_each_shared_epoch(
            timebase_, cause.observations, effect.observations,
            [&](std::uint32_t i, std::uint32_t k) {
                if (!has_clock(i) || timebase_.times[i] - timebase_.times[k] <= limit) return;
                const Micros waited = observations_.all[k].arrival - observations_.all[i].arrival;
                if (waited >= 0) refuted_[observations_.all[i].observer] = true;
            });
    }

    /// By observer: by how much its stamps usually jump against its arrivals, from one message to
    /// the next; 0: no clock.
    [[nodiscard]] std::vector<Micros> usual_jumps() {
        std::vector<std::vector<Micros>> jumps(refuted_.size());
        std::vector<const Observation*> before(refuted_.size(), nullptr);
        for (std::uint32_t i = 0; i < observations_.all.size(); ++i) {
            const Observation& seen = observations_.all[i];
            if (!seen.stamp || !has_clock(i)) continue;
            if (const Observation* last = before[seen.observer]) {
                const Micros there = *seen.stamp - *last->stamp;
                const Micros jump = there - (seen.arrival - last->arrival);
                jumps[seen.observer].push_back(std::abs(jump));
                Stream& stream = streams_[seen.observer];
                if (jump > no_clock_of_one_sender) ++stream.forward;
                if (jump < -no_clock_of_one_sender) ++stream.back;
                if (there < -no_clock_of_one_sender) ++stream.earlier;
            }
            before[seen.observer] = &seen;
        }
        std::vector<Micros> usual;
        usual.reserve(jumps.size());
        for (auto& own : jumps) {
            usual.push_back(own.empty() ? 0 : std::max<Micros>(median(own), 1));
        }
        return usual;
    }

    void compare_pairs(const std::vector<Edge>& causes, const std::vector<Micros>& jumps) {
        std::vector<Pair> pairs;
        const auto& all = sightings_.all;
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin + 1;
            while (end < all.size() && all[end].message == all[begin].message) ++end;
            pair_up(std::span(all).subspan(begin, end - begin), pairs);
            begin = end;
        }
        for (const Edge& edge : causes) pair_up(edge, pairs);
        std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
            return std::tie(a.first, a.second, a.arrival, a.stamps) <
                   std::tie(b.first, b.second, b.arrival, b.stamps);
        });
        for (std::size_t begin = 0; begin < pairs.size();) {
            std::size_t end = begin + 1;
            while (end < pairs.size() && pairs[end].first == pairs[begin].first &&
                   pairs[end].second == pairs[begin].second) {
                ++end;
            }
            compare(std::span(pairs).subspan(begin, end - begin), jumps);
            begin = end;
        }
    }
    /// A proxy forwards messages at once, so the message received and the message sent serve as one
    /// message that two observers saw.
    void pair_up(const Edge& edge, std::vector<Pair>& pairs) {
        const Transmission& in = transmissions_.all[edge.cause];
        const Transmission& out = transmissions_.all[edge.effect];
        const Observation& received = *transmissions_.messages[in.message].what;
        const Observation& sent = *transmissions_.messages[out.message].what;
        if (in.message == out.message || received.request != sent.request) return;
        if (received.method != sent.method || received.status != sent.status) return;
        const bool even = std::abs(out.arrival - in.arrival) <= evenly;
        const std::uint32_t one = observations_.all[in.observations.front()].observer;
        const std::uint32_t other = observations_.all[out.observations.front()].observer;
        if (one != other) {
            for (const std::uint32_t observer : {one, other}) {
                ++(even ? streams_[observer].even : streams_[observer].uneven);
            }
        }
        if (!even) return;
        add(in.observations.front(), out.observations.front(), pairs);
    }
    /// Pairs of sightings of observers that saw the message equally often, in the order of arrival.
    void pair_up(std::span<const Sighting> message, std::vector<Pair>& pairs) const {
        std::vector<std::uint32_t> hub, other;
        for (std::size_t begin = 0; begin < message.size();) {
            std::vector<std::uint32_t>& own = hub.empty() ? hub : other;
            own.clear();
            const auto observer = message[begin].observer;
            for (; begin < message.size() && message[begin].observer == observer; ++begin) {
                own.push_back(sightings_.observations[message[begin].begin]);
            }
            std::sort(own.begin(), own.end());  // observations are sorted by arrival
            if (other.size() != hub.size()) continue;
            for (std::size_t k = 0; k < hub.size(); ++k) add(hub[k], other[k], pairs);
        }
    }
    void add(std::uint32_t i, std::uint32_t k, std::vector<Pair>& pairs) const {
        if (observations_.all[i].observer > observations_.all[k].observer) std::swap(i, k);
        const Observation& first = observations_.all[i];
        const Observation& second = observations_.all[k];
        if (first.observer == second.observer || !(has_clock(i) || has_clock(k))) return;
        if (!first.stamp || !second.stamp) return;
        const Micros one = has_clock(i) ? *first.stamp : first.arrival;
        const Micros other = has_clock(k) ? *second.stamp : second.arrival;
        pairs.push_back({first.observer, second.observer, first.arrival, other - one,
                         second.arrival - first.arrival, other - first.arrival,
                         second.arrival - one});
    }

    static Micros usual_jump(std::span<const Pair> pairs, Micros Pair::*of) {
        std::vector<Micros> jumps;
        jumps.reserve(pairs.size());
        for (std::size_t k = 1; k < pairs.size(); ++k) {
            jumps.push_back(std::abs(pairs[k].*of - pairs[k - 1].*of));
        }
        return median(jumps);
    }

    /// Applies to two observers whose stamps jump against each other again and again. If one's
    /// arrivals run evenly with the other's stamps, its own stamps are not a clock's. If both
    /// arrive evenly, the one whose stamps jump more against its arrivals has no clock, or both if
    /// both jump alike.
    void compare(std::span<const Pair> pairs, const std::vector<Micros>& jumps) {
        std::size_t forward = 0;
        std::size_t back = 0;
        for (std::size_t k = 1; k < pairs.size(); ++k) {
            const Micros jump = pairs[k].stamps - pairs[k - 1].stamps;
            if (jump > no_clock_of_one_sender) ++forward;
            if (jump < -no_clock_of_one_sender) ++back;
        }
        if (pairs.size() <= few) return;
        if (usual_jump(pairs, &Pair::stamps) <= no_clock_of_one_sender) return;
        const auto [first, second] = std::pair(pairs.front().first, pairs.front().second);
        if (jumps[first] > 0 && jumps[second] > 0) {
            if (usual_jump(pairs, &Pair::after_arrival) <= evenly) refuted_[first] = true;
            if (usual_jump(pairs, &Pair::before_arrival) <= evenly) refuted_[second] = true;
        }
        if (usual_jump(pairs, &Pair::arrivals) > evenly) return;
        if (jumps[first] == 0 || jumps[second] == 0) {
            // One has no clock. A recording may be replayed at another speed, but that speed does
            // not go back and forth.
            constexpr std::size_t often = 5;
            const std::size_t least = std::min(forward, back);
            if (least == 0 || (least == 1 && forward + back < often)) return;
        }
        constexpr Micros as_much = 3;
        if (jumps[first] * as_much > jumps[second]) refuted_[first] = true;
        if (jumps[second] * as_much > jumps[first]) refuted_[second] = true;
    }

    const Observations& observations_;
    const Timebase& timebase_;
    const Sightings& sightings_;
    const Transmissions& transmissions_;
    std::vector<bool> refuted_;
    std::vector<Stream> streams_;  ///< by observer
};

}  // namespace

std::vector<bool> refute_clocks(const Observations& observations, const Timebase& timebase,
                                const Sightings& sightings, const Transmissions& transmissions,
                                const std::vector<Edge>& causes) {
    return Refuter(observations, timebase, sightings, transmissions).run(causes);
}

}  // namespace ci::order
