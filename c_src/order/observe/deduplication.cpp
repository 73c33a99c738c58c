#include "order/observe/deduplication.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <numeric>
#include <span>
#include <tuple>

namespace ci::order {
namespace {

/// Duplicates from one sender were recorded up to 1.2 ms apart. No timer of RFC 3261 retransmits
/// before 500 ms.
constexpr wire::Micros duplicate_tolerance = 20'000;
/// Reports are rarely delayed on their way by more than 20 ms.
constexpr wire::Micros duplicate_tolerance_by_arrival = 30'000;

/// Observations closer than `surely_double` are duplicates unless their observer mirrors once
/// (`sent_at_once`). Those further apart than `perhaps_double` are retransmissions. In between, a
/// second observer that saw the same distance shows a retransmission.
constexpr wire::Micros surely_double = 1'500;
constexpr wire::Micros perhaps_double = 2'200;
/// Two responses of one host are never closer than this.
constexpr wire::Micros sent_at_once = 300;
constexpr wire::Micros perhaps_double_by_arrival = 4'000;
constexpr wire::Micros same_gap = 600;
/// The observer of a host sees twice what the host sends to itself: sent and received. Half of T1.
constexpr wire::Micros own_copy_tolerance = 250'000;

/// The IP identification tells fragments of different datagrams apart (RFC 791 3.2), so copies of
/// one datagram share it. A sender that never fragments may leave it 0 (RFC 6864 4.1).
bool same_datagram(const Observation& one, const Observation& other) {
    return one.ip_id != 0 && one.ip_id == other.ip_id;
}

/// Whether `i` is a copy of a datagram that `last` contains.
bool is_copy(const Observations& observations, const std::vector<std::uint32_t>& order,
             const Sighting& last, std::uint32_t i) {
    constexpr std::uint32_t max_compared = 8;
    if (observations.all[i].ip_id == 0) return false;
    for (auto at = last.end; at > last.begin && last.end - at < max_compared; --at) {
        if (same_datagram(observations.all[i], observations.all[order[at - 1]])) return true;
    }
    return false;
}

/// Splits sightings by the IP identification of their datagrams. An observation without one (lines
/// of older versions) stays with the one before it.
void tell_datagrams_apart(const Observations& observations, const Timebase& timebase,
                          Sightings& sightings) {
    const auto id = [&](std::uint32_t i) { return observations.all[i].ip_id; };
    const auto is_one = [&](const Sighting& sighting) {
        std::uint32_t first = 0;
        for (auto at = sighting.begin; at < sighting.end; ++at) {
            const std::uint32_t next = id(sightings.observations[at]);
            if (first == 0) first = next;
            if (next != 0 && next != first) return false;
        }
        return true;
    };
    std::vector<Sighting> result;
    result.reserve(sightings.all.size());
    for (const Sighting& sighting : sightings.all) {
        if (sighting.end - sighting.begin < 2 || is_one(sighting)) {
            result.push_back(sighting);
            continue;
        }
        // Rows of (place of the datagram's first observation, own place, observation): keeps the
        // order by time.
        std::map<std::uint32_t, std::uint32_t> first;
        std::vector<std::array<std::uint32_t, 3>> rows;
        std::uint32_t current = sighting.begin;
        for (auto at = sighting.begin; at < sighting.end; ++at) {
            const std::uint32_t i = sightings.observations[at];
            if (id(i) != 0) {
                const std::uint32_t begin = first.empty() ? sighting.begin : at;
                current = first.try_emplace(id(i), begin).first->second;
            }
            rows.push_back({current, at, i});
        }
        std::sort(rows.begin(), rows.end());
        for (std::size_t k = 0; k < rows.size(); ++k) {
            const auto at = sighting.begin + static_cast<std::uint32_t>(k);
            sightings.observations[at] = rows[k][2];
            if (k > 0 && rows[k][0] == rows[k - 1][0]) {
                result.back().end = at + 1;
                continue;
            }
            Sighting part = sighting;
            part.begin = at;
            part.end = at + 1;
            part.time = timebase.times[rows[k][2]];
            result.push_back(part);
        }
    }
    sightings.all = std::move(result);
}

/// Tells retransmissions from duplicates. What another observer saw at the same distance was
/// retransmitted; a duplicate is in one observer's stream only. An observer that does not mirror
/// messages twice does not send a duplicate long after the first copy either.
class Repeats {
  public:
    Repeats(const Observations& observations, const Timebase& timebase, const Sightings& doubled)
        : observations_(observations), timebase_(timebase), doubled_(doubled) {
        std::vector<std::uint32_t> all(observations.observers.size());
        std::vector<std::uint32_t> more(all.size());
        doubles_.resize(all.size());
        for (const Sighting& one : doubled.all) {
            ++all[one.observer];
            if (one.end - one.begin > 1) ++doubles_[one.observer];
            if (one.end - one.begin > 2) ++more[one.observer];
        }
        // An observer that mirrors everything twice mirrors retransmissions twice, too. No observer
        // is known that mirrors single messages twice.
        for (std::size_t i = 0; i < all.size(); ++i) {
            is_doubler_.push_back(doubles_[i] * 3 >= all[i]);
            mirrors_once_.push_back(all[i] >= 6 && doubles_[i] * 6 <= all[i]);
            mirrors_twice_.push_back(is_doubler_[i] && all[i] >= 6 && more[i] * 6 <= all[i]);
        }
    }

    /// The same sightings, split where retransmissions are confirmed.
    std::vector<Sighting> split() {
        std::vector<Sighting> result;
        const auto& all = doubled_.all;
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin;
            while (end < all.size() && all[end].message == all[begin].message) ++end;
            for (std::size_t i = begin; i < end; ++i) {
                if (i + 1 < end && is_double_across(all[i], all[i + 1])) {
                    Sighting both = all[i];
                    both.end = all[++i].end;
                    result.push_back(both);
                } else {
                    add(all[i], begin, end, result);
                }
            }
            begin = end;
        }
        return result;
    }

  private:
    /// The observer mirrors messages twice, and its clock was set between the two copies.
    [[nodiscard]] bool is_double_across(const Sighting& one, const Sighting& other) const {
        if (one.observer != other.observer || one.epoch == other.epoch) return false;
        if (is_numbered(one) && is_numbered(other) && number(one) != number(other)) return false;
        if (!is_doubler_[one.observer] && !to_itself(one)) return false;
        if (one.end - one.begin > 1 || other.end - other.begin > 1) return false;
        const auto arrival = [&](const Sighting& sighting) {
            return observations_.all[doubled_.observations[sighting.begin]].arrival;
        };
        return std::abs(arrival(other) - arrival(one)) < duplicate_tolerance;
    }

    void add(Sighting sighting, std::size_t begin, std::size_t end, std::vector<Sighting>& result) {
        // One IP identification: one datagram.
        if (is_numbered(sighting)) {
            result.push_back(sighting);
            return;
        }
        const std::uint32_t last = sighting.end;
        if (observations_.uneven[sighting.observer] && mirrors_once_[sighting.observer] &&
            !to_itself(sighting)) {
            // Arrived together, but only because the link was late.
            for (std::uint32_t at = sighting.begin + 1; at < last; ++at) {
                result.push_back(sighting);
                result.back().end = at;
                sighting.begin = at;
                sighting.time = time(at);
            }
        }
        const bool by_place = was_at_several_places(sighting);
        const Epoch& epoch = timebase_.epochs[sighting.epoch];
        const auto unsure = epoch.has_clock ? perhaps_double : perhaps_double_by_arrival;
        if (last - sighting.begin > 1 && (by_place || !is_doubler_[sighting.observer]) &&
            (epoch.has_clock || !epoch.bunched) && !to_itself(sighting)) {
            for (std::uint32_t at = sighting.begin + 1; at < last; ++at) {
                const wire::Micros gap = time(at) - sighting.time;
                const bool again =
                    gap > unsure ||
                    (gap > least_gap(sighting) &&
                     (confirmed(gap, sighting.observer, begin, end) || responds_again(sighting)));
                if (!again || (by_place && !was_here(sighting.begin, at))) continue;
                result.push_back(sighting);
                result.back().end = at;
                sighting.begin = at;
                sighting.time = time(at);
            }
        }
        // Two transmissions at once, mirrored twice, are four observations.
        while (last - sighting.begin > 2 && mirrors_twice_[sighting.observer] && !by_place &&
               !to_itself(sighting)) {
            result.push_back(sighting);
            result.back().end = sighting.begin + 2;
            sighting.begin += 2;
            sighting.time = time(sighting.begin);
        }
        sighting.end = last;
        result.push_back(sighting);
    }

    [[nodiscard]] wire::Micros least_gap(const Sighting& sighting) const {
        return mirrors_once_[sighting.observer] ? sent_at_once : surely_double;
    }

    /// A request and its retransmission may arrive together after a delay, and the server responds
    /// to each (RFC 3261 17.2.1). Then the message forwarded, or the ACK, is sent twice as well.
    [[nodiscard]] bool responds_again(const Sighting& sighting) {
        if (!mirrors_once_[sighting.observer]) return false;
        count_repeats();
        const Observation& seen = observations_.all[doubled_.observations[sighting.begin]];
        const std::uint32_t* requests = requests_.find(request_key(sighting.observer, seen));
        if (!seen.request && requests != nullptr && *requests > 1) return true;
        const std::uint32_t* together = together_.find(number_key(sighting.observer, seen));
        return together != nullptr && *together == 2 && doubles_[sighting.observer] == 2;
    }
    void count_repeats() {
        if (counted_) return;
        counted_ = true;
        for (const Sighting& one : doubled_.all) {
            const Observation& seen = observations_.all[doubled_.observations[one.begin]];
            if (seen.request) ++*requests_.emplace(request_key(one.observer, seen), 0).first;
            if (one.end - one.begin > 1) {
                ++*together_.emplace(number_key(one.observer, seen), 0).first;
            }
        }
    }
    [[nodiscard]] Key request_key(std::uint32_t observer, const Observation& seen) const {
        return {pack(observations_.stacks.top(seen.vias), seen.method), seen.number, observer,
                pack_unordered(seen.src_host, seen.dst_host), 0};
    }
    static Key number_key(std::uint32_t observer, const Observation& seen) {
        return {observer, seen.number, seen.from_tag, 1, 0};
    }

    [[nodiscard]] bool confirmed(wire::Micros gap, std::uint32_t observer, std::size_t begin,
                                 std::size_t end) const {
        for (std::size_t i = begin; i < std::min(end, begin + max_compared); ++i) {
            const Sighting& other = doubled_.all[i];
            if (other.observer == observer || is_doubler_[other.observer]) continue;
            if (gap <= surely_double && !mirrors_once_[other.observer]) continue;
            if (!timebase_.epochs[other.epoch].has_clock) continue;
            if (is_numbered(other)) {
                const bool is_next = i + 1 < end && doubled_.all[i + 1].observer == other.observer;
                if (is_next && std::abs(doubled_.all[i + 1].time - other.time - gap) < same_gap) {
                    return true;
                }
                continue;  // its observations are copies of one datagram
            }
            // Its observations are sorted by time.
            const auto all = std::span(doubled_.observations)
                                 .subspan(other.begin + 1, other.end - other.begin - 1);
            const auto near = std::partition_point(all.begin(), all.end(), [&](std::uint32_t own) {
                return timebase_.times[own] - other.time - gap <= -same_gap;
            });
            if (near != all.end() && timebase_.times[*near] - other.time - gap < same_gap) {
                return true;
            }
        }
        return false;
    }
    [[nodiscard]] const Observation& seen_at(std::uint32_t at) const {
        return observations_.all[doubled_.observations[at]];
    }
    [[nodiscard]] std::uint32_t number(const Sighting& sighting) const {
        for (auto at = sighting.begin; at < sighting.end; ++at) {
            if (seen_at(at).ip_id != 0) return seen_at(at).ip_id;
        }
        return 0;
    }
    [[nodiscard]] bool is_numbered(const Sighting& sighting) const { return number(sighting) != 0; }

    /// A router decrements the TTL and sets its own link addresses, and a switch adds a VLAN tag:
    /// the copies of one datagram at several places differ in these.
    [[nodiscard]] bool was_at_several_places(const Sighting& sighting) const {
        for (auto at = sighting.begin; at < sighting.end; ++at) {
            if (seen_at(at).place == 0) return false;
            if (seen_at(at).place != seen_at(sighting.begin).place) return true;
        }
        return false;
    }
    [[nodiscard]] bool was_here(std::uint32_t begin, std::uint32_t at) const {
        for (auto before = begin; before < at; ++before) {
            if (seen_at(before).place == seen_at(at).place) return true;
        }
        return false;
    }
    [[nodiscard]] bool to_itself(const Sighting& sighting) const {
        const auto& seen = observations_.all[doubled_.observations[sighting.begin]];
        return seen.src_host == seen.dst_host;
    }
    [[nodiscard]] wire::Micros time(std::uint32_t at) const {
        return timebase_.times[doubled_.observations[at]];
    }

    static constexpr std::size_t max_compared = 32;

    const Observations& observations_;
    const Timebase& timebase_;
    const Sightings& doubled_;
    std::vector<std::uint32_t> doubles_;
    std::vector<bool> is_doubler_, mirrors_once_, mirrors_twice_;
    bool counted_ = false;  ///< the tables below are filled; few dialogues need them
    KeyMap<std::uint32_t> requests_, together_;
};

}  // namespace

Sightings gather(const Observations& observations, const Timebase& timebase) {
    const auto message = [&](std::uint32_t i) { return observations.all[i].message; };
    Sightings result;
    auto& order = result.observations;
    order.resize(observations.all.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto rank = [&](std::uint32_t i) {
        // Epochs are numbered observer by observer.
        return std::tuple(message(i), timebase.epoch[i], timebase.times[i], i);
    };
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });

    for (std::uint32_t at = 0; at < order.size(); ++at) {
        const std::uint32_t i = order[at];
        const Sighting next{
            message(i), observations.all[i].observer, timebase.epoch[i], timebase.times[i], at,
            at + 1};
        if (!result.all.empty()) {
            Sighting& last = result.all.back();
            const Observation& seen = observations.all[i];
            const auto within =
                seen.src_host == seen.dst_host || is_copy(observations, order, last, i)
                    ? own_copy_tolerance
                : timebase.epochs[next.epoch].has_clock ? duplicate_tolerance
                                                        : duplicate_tolerance_by_arrival;
            // A log tells nothing twice, except what its host sends to itself.
            const bool is_other_line =
                seen.src_host != seen.dst_host &&
                seen.log_position != observations.all[order[at - 1]].log_position;
            if (last.message == next.message && last.epoch == next.epoch && !is_other_line &&
                next.time - last.time < within) {
                last.end = at + 1;
                continue;
            }
        }
        result.all.push_back(next);
    }
    tell_datagrams_apart(observations, timebase, result);
    result.all = Repeats(observations, timebase, result).split();
    result.count.resize(observations.observers.size());
    for (const Sighting& sighting : result.all) ++result.count[sighting.observer];
    return result;
}

}  // namespace ci::order
