#include "order/clocks/alignment.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "order/clocks/causal_shifts.h"
#include "order/clocks/clock_difference.h"
#include "order/clocks/moments.h"
#include "order/clocks/right_clocks.h"
#include "order/clocks/shared_messages.h"
#include "order/observe/disjoint_sets.h"
#include "order/observe/limits.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A sample of this many is as good as all.
constexpr std::size_t enough = 192;
constexpr double clock_deviation = 150;    // microseconds: error of a tie between two clocks
constexpr double arrival_deviation = 300;  // error of a tie with an epoch without a clock
constexpr double causal_deviation = 1000;
constexpr double causal_delay = 1500;
/// A prior is believed if arrivals differ from it by no more than this.
constexpr Micros prior_limit = 80'000;

/// Two epochs (the first has the smaller number) and by how much the second is ahead.
struct Link {
    std::uint32_t first, second;
    bool clocks;        ///< both epochs have a clock
    std::size_t count;  ///< messages in common
    Micros ahead;
};

/// The stride that leaves at most `enough` of `count`.
std::size_t step_of(std::size_t count) {
    return (count + enough - 1) / enough;
}

class Aligner {
  public:
    Aligner(const Observations& observations, const Timebase& timebase, const Sightings& sightings,
            const std::vector<Symbol>& hosts, std::span<const ClockPrior> priors,
            std::span<const CausalTie> causal)
        : observations_(observations),
          timebase_(timebase),
          differences_(observations, timebase, hosts),
          priors_(priors),
          causal_(causal),
          common_(find_shared_messages(observations, timebase, sightings)),
          count_(timebase.epochs.size()),
          by_weight_(by_weight(timebase.epochs)),
          own_(count_),
          clocks_(count_),
          known_(count_),
          late_(count_),
          trusted_(count_),
          groups_(count_) {
        for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
            own_[timebase.epoch[i]].push_back(i);
        }
    }

    Alignment run() {
        for (std::uint32_t i = 0; i < count_; ++i) look_up(i);
        guess();
        for (std::uint32_t i = 0; i < count_; ++i) collect(i);
        collect_ties();
        if (count_ > 1) fit(clocks_, evidence_);
        return relative_to(common_clock(timebase_.epochs));
    }

  private:
    [[nodiscard]] const Epoch& epoch(std::uint32_t i) const { return timebase_.epochs[i]; }

    /// Takes what was known of this clock before, if arrivals agree with it.
    void look_up(std::uint32_t i) {
        clocks_[i].pivot = timebase_.times[own_[i][own_[i].size() / 2]];
        clocks_[i].steady = epoch(i).has_clock;
        if (!epoch(i).has_clock) return;
        const auto name = observations_.observers[epoch(i).observer];
        const auto prior = std::lower_bound(
            priors_.begin(), priors_.end(), name,
            [](const ClockPrior& one, std::string_view wanted) { return one.observer < wanted; });
        if (prior == priors_.end() || prior->observer != name) return;
        const Observation& first = observations_.all[own_[i].front()];
        if (first.arrival < prior->since) return;
        const Micros offset = prior->offset_at(first.arrival);
        std::vector<Micros> delays;
        for (const auto k : own_[i]) {
            delays.push_back(observations_.all[k].arrival - (timebase_.times[k] - offset));
        }
        const Micros delay = median(delays);
        const Micros longest = (epoch(i).bunched ? bunch_limit : prior_limit) + prior->late;
        const bool fits = delay > -prior_limit && delay < longest;
        if (!fits) return;
        known_[i] = true;
        evidence_.known.push_back({i, clocks_[i].pivot,
                                   prior->offset_at(clocks_[i].pivot - prior->offset), prior->drift,
                                   std::max(50.0, static_cast<double>(prior->spread))});
    }

    /// First guesses, along a spanning tree of the strongest links from the most trusted epoch.
    /// Epochs that are linked form a group, and so do all epochs that were known before.
    void guess() {
        std::vector<Link> links;
        for_each_pair(common_, [&](std::span<const SharedMessage> pair) {
            const SharedMessage& one = pair.front();
            links.push_back({one.first, one.second,
                             epoch(one.first).has_clock && epoch(one.second).has_clock, pair.size(),
                             differences_.ahead(pair)});
        });
        std::stable_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
            return std::tie(b.clocks, b.count) < std::tie(a.clocks, a.count);
        });
        std::vector<std::vector<std::pair<std::uint32_t, Micros>>> neighbours(count_);
        for (const Link& link : links) {
            if (!groups_.join(link.first, link.second)) continue;
            neighbours[link.first].emplace_back(link.second, link.ahead);
            neighbours[link.second].emplace_back(link.first, -link.ahead);
        }

        std::vector<bool> mapped(count_, false);
        std::vector<std::uint32_t> reached;
        const auto spread_from = [&](std::size_t at) {
            for (; at < reached.size(); ++at) {
                for (const auto& [next, ahead] : neighbours[reached[at]]) {
                    if (mapped[next]) continue;
                    mapped[next] = true;
                    const Micros offset = clocks_[reached[at]].offset + ahead;
                    clocks_[next].offset = std::clamp(offset, -2 * latest_time, 2 * latest_time);
                    reached.push_back(next);
                }
            }
        };
        std::uint32_t first_known = UINT32_MAX;
        for (const Known& known : evidence_.known) {
            if (mapped[known.clock]) continue;  // a second one of a group only joins the fit
            mapped[known.clock] = true;
            clocks_[known.clock].offset = known.offset;
            reached.push_back(known.clock);
            spread_from(reached.size() - 1);
            if (first_known == UINT32_MAX) first_known = known.clock;
            groups_.join(first_known, known.clock);
        }
        std::vector<Moment> moments;  // of the first group; arrivals tie the other groups to it
        for (const std::uint32_t root : by_weight_) {
            if (mapped[root]) continue;
            if (moments.empty() && !reached.empty()) moments = moments_of(mapped);
            const std::size_t first = reached.size();
            mapped[root] = true;
            reached.push_back(root);
            spread_from(first);
            anchor(std::span(reached).subspan(first), moments);
        }
        for (std::uint32_t i = 0; i < count_; ++i) firm_.push_back(groups_.of(i));
        trust_right_clocks();
        shift_by_causes(timebase_, causal_, clocks_, groups_, late_);
    }

    /// Moves groups whose reports came late to where their right clocks say (right_clocks.h).
    void trust_right_clocks() {
        const RightClocks right = find_right_clocks(
            {observations_, timebase_, own_, clocks_, known_, causal_, by_weight_}, groups_);
        for (const RightClocks::Behind& one : right.behind) {
            for (std::uint32_t i = 0; i < count_; ++i) {
                if (groups_.of(i) != one.group) continue;
                clocks_[i].offset -= one.shift;
                late_[i] = true;
            }
        }
        if (causal_.empty()) return;  // nothing has confirmed it yet
        for (const RightClocks::Behind& one : right.behind) {
            groups_.join(right.epoch, one.epoch);
            trusted_[one.epoch] = true;
        }
    }

    /// Moves a group to where arrivals place it, preferably by the arrivals of an epoch that does
    /// not report in batches.
    void anchor(std::span<const std::uint32_t> together, std::span<const Moment> moments) {
        const auto firm = [&](std::uint32_t i) { return !epoch(i).bunched; };
        const auto found = std::find_if(together.begin(), together.end(), firm);
        const std::uint32_t at = found == together.end() ? together.front() : *found;
        const Micros shift = by_arrival(at, moments) - clocks_[at].offset;
        for (const auto i : together) {
            const Micros offset = clocks_[i].offset + shift;
            clocks_[i].offset = std::clamp(offset, -2 * latest_time, 2 * latest_time);
        }
    }

    [[nodiscard]] std::vector<Moment> moments_of(const std::vector<bool>& mapped) const {
        std::vector<Moment> moments;
        for (std::size_t i = 0; i < observations_.all.size(); ++i) {
            const std::uint32_t s = timebase_.epoch[i];
            if (!mapped[s]) continue;
            moments.push_back(
                {observations_.all[i].arrival, clocks_[s].to_common(timebase_.times[i])});
        }
        return moments;
    }

    [[nodiscard]] Micros by_arrival(std::uint32_t i, std::span<const Moment> moments) const {
        if (moments.empty() && epoch(i).bunched && epoch(i).has_clock) {
            // No message arrives before it is sent.
            Micros ahead = std::numeric_limits<Micros>::min();
            for (const auto k : own_[i]) {
                ahead = std::max(ahead, timebase_.times[k] - observations_.all[k].arrival);
            }
            return ahead + usual_delay;
        }
        std::vector<Micros> ahead;
        for (const auto k : own_[i]) {
            const Micros arrival = observations_.all[k].arrival;
            const bool other = !moments.empty() && (epoch(i).bunched || moments_bunched());
            const Micros then = other ? interpolate(moments, arrival) : arrival - usual_delay;
            ahead.push_back(timebase_.times[k] - then);
        }
        return median(ahead);
    }
    [[nodiscard]] bool moments_bunched() const { return epoch(by_weight_.front()).bunched; }

    [[nodiscard]] bool is_prompt(std::uint32_t i) const { return epoch(i).prompt && !late_[i]; }

    void collect(std::uint32_t i) {
        if (!is_prompt(i)) return;
        const std::size_t step = step_of(own_[i].size());
        for (std::size_t k = 0; k < own_[i].size(); k += step) {
            const auto seen = own_[i][k];
            evidence_.arrived.push_back(
                {i, timebase_.times[seen], observations_.all[seen].arrival});
        }
    }

    void collect_ties() {
        std::vector<std::uint64_t> hops;
        for_each_pair(common_, [&](std::span<const SharedMessage> pair) {
            hops.clear();
            const std::size_t first_path = evidence_.passages.size();
            const std::size_t step = step_of(pair.size());
            for (std::size_t k = 0; k < pair.size(); k += step) {
                const SharedMessage& one = pair[k];
                const auto hop = std::find(hops.begin(), hops.end(), one.hop);
                const auto path = first_path + static_cast<std::size_t>(hop - hops.begin());
                const int way = differences_.direction(one);
                if (hop == hops.end()) {
                    hops.push_back(one.hop);
                    evidence_.passages.push_back({});
                    Passage& passage = evidence_.passages.back();
                    passage.is_directed = way != 0;
                    if (const auto most = differences_.longest_latency(one)) {
                        passage.most = static_cast<double>(*most);
                    }
                    hop_of_.push_back(one.hop);
                }
                const bool clocks = epoch(one.first).has_clock && epoch(one.second).has_clock;
                evidence_.ties.push_back({one.first, one.second, one.first_time, one.second_time,
                                          static_cast<std::uint32_t>(path),
                                          way != 0 ? way : (one.up ? 1 : -1),
                                          clocks ? clock_deviation : arrival_deviation,
                                          one.first_late, one.second_late});
            }
        });
        // Causes: a host takes a moment to forward a message.
        KeyMap<std::uint32_t> paths;
        for (const CausalTie& tie : causal_) {
            if (!tie.at_once || trusted_[tie.cause] || trusted_[tie.effect]) continue;
            const Key pair{pack_unordered(tie.cause, tie.effect), 0, 0, 0, 0};
            const auto next = static_cast<std::uint32_t>(evidence_.passages.size());
            const auto [path, is_new] = paths.emplace(pair, next);
            if (is_new) evidence_.passages.push_back({causal_delay, causal_delay, causal_delay});
            evidence_.ties.push_back({tie.cause, tie.effect, tie.cause_reading, tie.effect_reading,
                                      *path, 1, causal_deviation});
        }
    }

    /// Expresses all clocks relative to the reference. Offsets stay within the possible difference
    /// of two times.
    Alignment relative_to(const CommonClock& reference) {
        Alignment result;
        result.common = reference;
        const FittedClock common = clocks_[reference.epoch];
        for (std::uint32_t i = 0; i < count_; ++i) {
            Mapping mapping{clocks_[i], groups_.of(i), firm_[i]};
            // What the reference reads at the pivot.
            const Micros then = mapping.to_common(mapping.pivot) + common.offset;
            const auto drifted = common.drift * static_cast<double>(then - common.pivot);
            mapping.offset -= common.offset + static_cast<Micros>(drifted) - reference.ahead;
            mapping.offset = std::clamp(mapping.offset, -2 * latest_time, 2 * latest_time);
            mapping.drift -= common.drift;
            result.mappings.push_back(mapping);
        }
        result.ties.resize(count_);
        for (const SharedMessage& one : common_) {
            ++result.ties[one.first];
            ++result.ties[one.second];
        }
        for (std::uint32_t i = 0; i < count_; ++i) {
            if (result.ties[i] == 0) result.mappings[i].spread = latest_time;
        }
        for (std::size_t p = 0; p < hop_of_.size(); ++p) {
            const auto took =
                static_cast<Micros>(std::llround(std::abs(evidence_.passages[p].took)));
            auto [known, is_new] = result.latencies.emplace(Key{hop_of_[p], 0, 0, 0, 0}, took);
            if (!is_new) *known = std::min(*known, took);
        }
        return result;
    }

    const Observations& observations_;
    const Timebase& timebase_;
    ClockDifferences differences_;
    std::span<const ClockPrior> priors_;
    std::span<const CausalTie> causal_;
    std::vector<SharedMessage> common_;
    std::size_t count_;
    std::vector<std::uint32_t> by_weight_;
    std::vector<std::vector<std::uint32_t>> own_;  ///< observations by epoch
    std::vector<FittedClock> clocks_;
    std::vector<bool> known_;
    std::vector<bool> late_;     ///< by epoch: its arrivals, against causes
    std::vector<bool> trusted_;  ///< by epoch: its clock is right though its arrivals are late
    DisjointSets groups_;
    std::vector<std::uint32_t> firm_;
    Evidence evidence_;
    std::vector<std::uint64_t> hop_of_;  ///< by path; the paths of causes have none and come last
};

}  // namespace

Micros Alignment::latency(Symbol a, Symbol b) const {
    const Micros* found = latencies.find(Key{pack_unordered(a, b), 0, 0, 0, 0});
    return found == nullptr ? 0 : *found;
}

Alignment align(const Observations& observations, const Timebase& timebase,
                const Sightings& sightings, const std::vector<Symbol>& hosts,
                std::span<const ClockPrior> priors, std::span<const CausalTie> causal) {
    return Aligner(observations, timebase, sightings, hosts, priors, causal).run();
}

}  // namespace ci::order
