#include "order/clocks/transmission.h"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <tuple>
#include <utility>

namespace ci::order {
namespace {

using wire::Micros;

/// Less than half of T1 (RFC 3261 17.1.1.1), the shortest interval before a retransmission.
constexpr Micros same_tolerance = 200'000;
/// Reports are rarely delayed on their way by more than this.
constexpr Micros together = 30'000;
/// Arrivals within this distance of others' clocks are as good as a clock.
constexpr Micros fine_arrival = 10'000;
/// Two servers on one host were recorded to agree to within 0.1 ms.
constexpr Micros rough_spread = 500;

/// Reports that arrive further apart than this were not delayed, unless they come from a log.
constexpr Micros between_timers = 300'000;

struct Mapped {
    Micros at = 0;
    const Sighting* sighting = nullptr;
};
using Several = std::vector<Mapped>;

class Pairing {
  public:
    Pairing(const Observations& observations, const Timebase& timebase, const Sightings& sightings,
            const Alignment& alignment, const std::vector<Symbol>& hosts)
        : observations_(observations),
          timebase_(timebase),
          sightings_(sightings),
          alignment_(alignment),
          hosts_(hosts),
          saw_(observations.observers.size()) {}

    Transmissions run() {
        const auto& all = sightings_.all;
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin;
            while (end < all.size() && all[end].message == all[begin].message) ++end;
            add_message(std::span(all).subspan(begin, end - begin));
            begin = end;
        }
        return std::move(result_);
    }

  private:
    void add_message(std::span<const Sighting> sightings) {
        if (sightings.size() == 1) return add_once(sightings);
        // By observer, then by time, as the sightings are sorted.
        std::vector<Several> seen_by;
        for (const Sighting& sighting : sightings) {
            if (seen_by.empty() || seen_by.back().back().sighting->observer != sighting.observer) {
                seen_by.emplace_back();
            }
            seen_by.back().push_back({sent_at(sighting), &sighting});
        }
        std::vector<Several> found = counts_agree(seen_by) ? one_by_one(seen_by) : nearest(seen_by);

        Message message;
        message.first = static_cast<std::uint32_t>(result_.all.size());
        message.count = static_cast<std::uint32_t>(found.size());
        for (Several& several : found) result_.all.push_back(transmission(several));
        const auto own = std::span(result_.all).subspan(message.first);
        std::stable_sort(own.begin(), own.end(), [](const auto& a, const auto& b) {
            return std::tie(a.at, a.arrival) < std::tie(b.at, b.arrival);
        });
        message.what = what(sightings);
        result_.messages.push_back(message);
    }

    /// Most messages, if there is one observer: nothing to compare.
    void add_once(std::span<const Sighting> sighting) {
        once_.assign(1, {sent_at(sighting.front()), &sighting.front()});
        const auto first = static_cast<std::uint32_t>(result_.all.size());
        result_.all.push_back(transmission(once_));
        result_.messages.push_back({what(sighting), first, 1});
    }

    /// When the message was sent: a receiver sees it later by the latency.
    [[nodiscard]] Micros sent_at(const Sighting& sighting) const {
        const Micros seen_at = alignment_.mappings[sighting.epoch].to_common(sighting.time);
        const auto& seen = observations_.all[sightings_.observations[sighting.begin]];
        const Symbol host = hosts_[sighting.observer];
        if (host == 0 || seen.dst_host != host || seen.src_host == host) return seen_at;
        return seen_at - alignment_.latency(seen.src_host, seen.dst_host);
    }

    [[nodiscard]] bool counts_agree(const std::vector<Several>& seen_by) const {
        for (const Several& several : seen_by) {
            if (several.size() != seen_by.front().size()) return false;
        }
        if (arrive_together(seen_by)) return true;
        // Each observer saw it once: these would be two transmissions only if two datagrams had
        // been lost.
        if (seen_by.front().size() == 1) {
            return !arrivals_insist(seen_by);
        }
        for (std::size_t k = 0; k < seen_by.front().size(); ++k) {
            Micros earliest = INT64_MAX;
            Micros latest = INT64_MIN;
            for (const Several& several : seen_by) {
                if (!has_clock(several[k])) continue;
                earliest = std::min(earliest, several[k].at);
                latest = std::max(latest, several[k].at);
            }
            if (earliest < latest && latest - earliest > same_tolerance) return false;
        }
        return true;
    }

    /// Whether each sighting arrives at the same time as its counterparts, and not because of
    /// batches. This outweighs clocks.
    [[nodiscard]] bool arrive_together(const std::vector<Several>& seen_by) const {
        for (std::size_t k = 0; k < seen_by.front().size(); ++k) {
            const Micros first = arrival(seen_by.front()[k]);
            for (const Several& several : seen_by) {
                if (timebase_.epochs[several[k].sighting->epoch].bunched) return false;
                if (std::abs(arrival(several[k]) - first) > together) return false;
            }
        }
        return true;
    }

    /// Whether the sightings lie apart, by arrivals and by clocks, although neither report was
    /// delayed.
    [[nodiscard]] bool arrivals_insist(const std::vector<Several>& seen_by) const {
        const Mapped& first = seen_by.front().front();
        return std::any_of(seen_by.begin(), seen_by.end(), [&](const Several& several) {
            const Mapped& other = several.front();
            return timebase_.epochs[other.sighting->epoch].prompt &&
                   timebase_.epochs[first.sighting->epoch].prompt &&
                   std::abs(arrival(other) - arrival(first)) > between_timers &&
                   std::abs(other.at - first.at) > same_tolerance;
        });
    }

    static std::vector<Several> one_by_one(const std::vector<Several>& seen_by) {
        std::vector<Several> found(seen_by.front().size());
        for (const Several& several : seen_by) {
            for (std::size_t k = 0; k < found.size(); ++k) found[k].push_back(several[k]);
        }
        return found;
    }

    /// In order of time, each sighting joins the transmission before it if that one is near enough
    /// and the sighting's observer has not seen it already.
    std::vector<Several> nearest(const std::vector<Several>& seen_by) {
        Several all;
        for (const Several& several : seen_by)
            all.insert(all.end(), several.begin(), several.end());
        std::stable_sort(all.begin(), all.end(),
                         [](const Mapped& a, const Mapped& b) { return a.at < b.at; });
        std::vector<Several> found;
        for (const Mapped& mapped : all) {
            std::uint64_t& saw = saw_[mapped.sighting->observer];
            const bool joins = !found.empty() && saw != found_count_ &&
                               mapped.at - found.back().front().at <= same_tolerance;
            if (!joins) {
                found.emplace_back();
                ++found_count_;
            }
            found.back().push_back(mapped);
            saw = found_count_;
        }
        ++found_count_;  // numbers are not shared between messages
        return found;
    }

    Transmission transmission(Several& several) const {
        // The observation that answers show first: not a cut one, from the observer that saw most
        // of the dialogue.
        if (several.size() > 1) {
            const auto rank = [&](const Mapped& mapped) {
                return std::pair(first_of(mapped).cut,
                                 ~sightings_.count[mapped.sighting->observer]);
            };
            std::stable_sort(several.begin(), several.end(),
                             [&](const Mapped& a, const Mapped& b) { return rank(a) < rank(b); });
        }
        Transmission result;
        result.message = static_cast<std::uint32_t>(result_.messages.size());
        result.arrival = INT64_MAX;
        result.group = mapping(several.front()).group;
        result.firm = mapping(several.front()).firm;
        for (const Mapped& mapped : several) {
            for (auto at = mapped.sighting->begin; at < mapped.sighting->end; ++at) {
                const auto i = sightings_.observations[at];
                result.observations.push_back(i);
                result.arrival = std::min(result.arrival, observations_.all[i].arrival);
            }
        }
        result.at = moment(several);
        return result;
    }

    /// Stamps can be late but never early, so the earliest counts. On rough clocks it must be
    /// earlier by more than their spread; else the observer that saw most decides.
    [[nodiscard]] Micros moment(const Several& several) const {
        const bool any_clock = std::any_of(several.begin(), several.end(),
                                           [&](const Mapped& mapped) { return has_clock(mapped); });
        const auto is_fine = [&](const Mapped& mapped) {
            if (any_clock) return has_clock(mapped);
            return (mapping(mapped).spread <= fine_arrival &&
                    !observations_.late[mapped.sighting->observer]);
        };
        auto best = std::find_if(several.begin(), several.end(), is_fine);
        if (best == several.end()) best = several.begin();
        Micros earliest = best->at;
        Micros spread = 0;
        for (const Mapped& mapped : several) {
            if (!is_fine(mapped)) continue;
            earliest = std::min(earliest, mapped.at);
            spread = std::max(spread, mapping(mapped).spread);
        }
        const Micros unsure = spread > rough_spread ? 3 * spread : 0;
        return best->at - earliest > unsure ? earliest : best->at;
    }

    [[nodiscard]] const Observation& first_of(const Mapped& mapped) const {
        return observations_.all[sightings_.observations[mapped.sighting->begin]];
    }
    [[nodiscard]] Micros arrival(const Mapped& mapped) const { return first_of(mapped).arrival; }
    [[nodiscard]] bool has_clock(const Mapped& mapped) const {
        return timebase_.epochs[mapped.sighting->epoch].has_clock;
    }
    [[nodiscard]] const Mapping& mapping(const Mapped& mapped) const {
        return alignment_.mappings[mapped.sighting->epoch];
    }

    [[nodiscard]] const Observation* what(std::span<const Sighting> sightings) const {
        for (const Sighting& sighting : sightings) {
            const auto& seen = observations_.all[sightings_.observations[sighting.begin]];
            if (seen.vias != 0) return &seen;
        }
        return &observations_.all[sightings_.observations[sightings.front().begin]];
    }

    const Observations& observations_;
    const Timebase& timebase_;
    const Sightings& sightings_;
    const Alignment& alignment_;
    const std::vector<Symbol>& hosts_;
    Several once_;
    std::vector<std::uint64_t> saw_;  ///< by observer: the number of its latest transmission
    std::uint64_t found_count_ = 1;
    Transmissions result_;
};

}  // namespace

Transmissions merge_observers(const Observations& observations, const Timebase& timebase,
                              const Sightings& sightings, const Alignment& alignment,
                              const std::vector<Symbol>& hosts) {
    return Pairing(observations, timebase, sightings, alignment, hosts).run();
}

}  // namespace ci::order
