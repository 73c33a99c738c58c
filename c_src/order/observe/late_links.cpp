#include "order/observe/late_links.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "order/observe/agreement.h"
#include "order/observe/limits.h"
#include "order/observe/matches.h"
#include "order/observe/reports.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

constexpr Micros whole_second = 1'000'000;

/// An observation and the time at which another observer's report of it came.
struct Anchor {
    std::uint32_t own = 0;
    Micros at = 0;
};
using Anchors = std::vector<Anchor>;

/// Sorts, and keeps one for each observation.
void arrange(Anchors& anchors) {
    std::sort(anchors.begin(), anchors.end(), [](const Anchor& a, const Anchor& b) {
        return std::tie(a.own, a.at) < std::tie(b.own, b.at);
    });
    const auto same = [](const Anchor& a, const Anchor& b) { return a.own == b.own; };
    anchors.erase(std::unique(anchors.begin(), anchors.end(), same), anchors.end());
}

/// How well one observer's times, by arrivals or by stamps, run with those of others.
struct Support {
    std::size_t count = 0, of = 0;  ///< as in Agreement
    std::size_t later = 0;          ///< reports that arrived later than the other observer's

    [[nodiscard]] bool holds() const { return of > 1 && count * 5 >= of * 4; }
    [[nodiscard]] double share(std::size_t part) const {
        return static_cast<double>(part) / static_cast<double>(of);
    }
};

class LateLinks {
  public:
    explicit LateLinks(Observations& observations)
        : observations_(observations),
          reports_(observations),
          matches_(find_matches(observations, reports_)) {}

    bool run() {
        const bool any_match = any_late_match();
        if (!any_match && !any_right_but_late()) return false;
        for (const Observation& seen : observations_.all) prompt_.push_back(seen.arrival);
        is_guess_.resize(prompt_.size());
        done_.resize(reports_.observers());
        neighbours_.resize(reports_.observers());
        for (const auto& pair : matches_.pairs) {
            neighbours_[pair.front().first_observer()].push_back(pair);
            neighbours_[pair.front().second_observer()].push_back(pair);
        }
        for (const auto& copy : matches_.copies) {
            copies_[reports_.seen(copy.first).observer].push_back(copy);
        }
        if (any_match) {
            supports_ = supports();
            for (auto root = next_root(); root; root = next_root()) correct_from(*root);
        }
        for (std::uint32_t i = 0; i < reports_.observers(); ++i) {
            if (!done_[i] && neighbours_[i].empty() && reports_.is_right_but_late(i)) by_stamps(i);
        }
        apply();
        return true;
    }

  private:
    [[nodiscard]] bool any_right_but_late() const {
        std::vector<bool> has_match(reports_.observers());
        for (const Match& match : matches_.all) {
            has_match[match.first_observer()] = has_match[match.second_observer()] = true;
        }
        for (std::uint32_t i = 0; i < reports_.observers(); ++i) {
            if (!has_match[i] && reports_.is_right_but_late(i)) return true;
        }
        return false;
    }
    [[nodiscard]] bool any_late_match() const {
        return std::any_of(matches_.all.begin(), matches_.all.end(), [&](const Match& one) {
            return std::abs(reports_.arrival(one.second) - reports_.arrival(one.first)) > late_link;
        });
    }

    // ---- Whose times are right.

    [[nodiscard]] Agreement agreement_of(std::span<const Match> pair, Kind one, Kind other) const {
        std::vector<Both> times;
        for (const Match& match : pair) {
            const auto first = reports_.time(match.first, one);
            const auto second = reports_.time(match.second, other);
            if (first && second) times.push_back({*second, *first, reports_.is_up(match.first)});
        }
        return agreement(times);
    }

    [[nodiscard]] std::vector<std::array<Support, 2>> supports() const {
        std::vector<std::array<Support, 2>> found(reports_.observers());
        for (const auto& pair : matches_.pairs) {
            auto& first = found[pair.front().first_observer()];
            auto& second = found[pair.front().second_observer()];
            std::array<std::array<std::size_t, 2>, 2> best{};  // by observer and kind
            for (const Kind one : {by_arrival, by_stamp}) {
                for (const Kind other : {by_arrival, by_stamp}) {
                    const std::size_t count = agreement_of(pair, one, other).count;
                    best[0][one] = std::max(best[0][one], count);
                    best[1][other] = std::max(best[1][other], count);
                }
            }
            for (const Kind kind : {by_arrival, by_stamp}) {
                first[kind].count += best[0][kind];
                second[kind].count += best[1][kind];
                first[kind].of += pair.size();
                second[kind].of += pair.size();
            }
            for (const Match& match : pair) {
                const Micros after = reports_.arrival(match.second) - reports_.arrival(match.first);
                if (std::abs(after) > evenly) ++(after > 0 ? second : first)[by_arrival].later;
            }
        }
        return found;
    }

    using Root = std::pair<std::uint32_t, Kind>;

    /// The observer, not yet corrected, whose times are the most likely to be right: they run
    /// evenly with those of others, or else no report of others came earlier.
    [[nodiscard]] std::optional<Root> next_root() const {
        const auto rank = [&](const Root& root) {
            const auto [i, kind] = root;
            const Support& own = supports_[i][kind];
            const double later = own.share(own.later);
            const double uneven = kind == by_arrival && reports_.is_uneven(i) ? 1 : 0;
            const bool holds = own.holds() || reports_.is_even(i);
            return std::tuple(!holds, kind, holds ? uneven : later,
                              holds ? later : uneven, -own.share(own.count),
                              -own.share(own.of * own.of));
        };
        std::optional<Root> best;
        for (const Kind kind : {by_arrival, by_stamp}) {
            for (std::uint32_t i = 0; i < reports_.observers(); ++i) {
                if (done_[i] || supports_[i][kind].of == 0) continue;
                if (!best || rank({i, kind}) < rank(*best)) best = {i, kind};
            }
        }
        if (best && (reports_.is_batched(best->first) || reports_.is_right_but_late(best->first))) {
            best->second = by_stamp;
        }
        return best;
    }

    // ---- The correction, from observer to observer.

    void correct_from(const Root& root) {
        const auto [first, kind] = root;
        if (kind == by_stamp) by_stamps(first);
        take_off(first, delay_of(first));
        constexpr int rounds = 3;
        for (int round = 1;; ++round) {
            const auto reached = correct_reached(first);
            const Micros ahead = ahead_of_arrivals(reached);
            if (ahead <= evenly || round == rounds) return take_promptest(reached);
            // The measure itself was late.
            for (const auto i : reached) {
                if (i != first) forget(i);
            }
            take_off(first, ahead);
        }
    }

    std::vector<std::uint32_t> correct_reached(std::uint32_t first) {
        std::vector<std::uint32_t> reached{first};
        done_[first] = true;
        while (const auto next = nearest(reached)) {
            correct(*next, anchors_of(*next));
            done_[*next] = true;
            reached.push_back(*next);
        }
        // An uneven link may show only against those that came later.
        for (const auto i : reached) {
            if (i != first && reports_.is_uneven(i) && is_as_arrived(i)) correct(i, anchors_of(i));
        }
        return reached;
    }
    void forget(std::uint32_t observer) {
        done_[observer] = false;
        observations_.uneven[observer] = false;
        for (const auto i : reports_.of(observer)) {
            prompt_[i] = reports_.arrival(i);
            is_guess_[i] = false;
        }
    }
    void take_off(std::uint32_t observer, Micros delay) {
        if (delay <= evenly) return;
        for (const auto i : reports_.of(observer)) prompt_[i] -= delay;
    }
    /// What another observer reported before was made before.
    [[nodiscard]] Micros delay_of(std::uint32_t observer) const {
        Micros delay = 0;
        for (const auto& pair : neighbours_[observer]) {
            for (const Match& match : pair) {
                const bool is_first = match.first_observer() == observer;
                const auto own = is_first ? match.first : match.second;
                const auto other = is_first ? match.second : match.first;
                delay = std::max(delay, prompt_[own] - reports_.arrival(other));
            }
        }
        return delay;
    }
    /// By how much a report came before the time that was found for it, at most.
    [[nodiscard]] Micros ahead_of_arrivals(std::span<const std::uint32_t> reached) const {
        Micros ahead = 0;
        for (const auto observer : reached) {
            for (const auto i : reports_.of(observer)) {
                ahead = std::max(ahead, prompt_[i] - reports_.arrival(i));
            }
        }
        return ahead;
    }

    /// The observer with most messages in common with those that are corrected; one whose link is
    /// uneven comes last, as it needs all the others.
    [[nodiscard]] std::optional<std::uint32_t> nearest(
        std::span<const std::uint32_t> reached) const {
        std::map<std::uint32_t, std::size_t> common;
        for (const auto i : reached) {
            for (const auto& pair : neighbours_[i]) {
                const std::uint32_t next = other_of(pair.front(), i);
                if (!done_[next]) common[next] += pair.size();
            }
        }
        const auto rank = [&](const auto& one) {
            return std::pair(!reports_.is_uneven(one.first), one.second);
        };
        const auto best =
            std::max_element(common.begin(), common.end(),
                             [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
        if (best == common.end()) return std::nullopt;
        return best->first;
    }
    static std::uint32_t other_of(const Match& match, std::uint32_t observer) {
        return match.first_observer() == observer ? match.second_observer()
                                                  : match.first_observer();
    }

    /// The promptest link is taken for prompt.
    void take_promptest(std::span<const std::uint32_t> reached) {
        Micros ahead = -latest_time;
        for (const auto observer : reached) {
            std::vector<Micros> own;
            for (const auto i : reports_.of(observer)) {
                own.push_back(prompt_[i] - reports_.arrival(i));
            }
            ahead = std::max(ahead, median(own));
        }
        if (std::abs(ahead) <= evenly) return;
        for (const auto observer : reached) {
            for (const auto i : reports_.of(observer)) prompt_[i] -= ahead;
        }
    }

    void add(Anchors& anchors, std::span<const Match> matches, std::uint32_t observer,
             bool guesses = false) const {
        const auto is_known = [&](std::uint32_t i) {
            return done_[reports_.seen(i).observer] && is_guess_[i] == guesses;
        };
        for (const Match& match : matches) {
            if (match.first_observer() == observer && is_known(match.second)) {
                anchors.push_back({match.first, prompt_[match.second]});
            } else if (match.second_observer() == observer && is_known(match.first)) {
                anchors.push_back({match.second, prompt_[match.first]});
            }
        }
    }
    [[nodiscard]] Anchors anchors_of(std::uint32_t observer) const {
        Anchors anchors;
        for (const bool guesses : {false, true}) {
            if (!anchors.empty()) break;
            for (const auto& pair : neighbours_[observer]) add(anchors, pair, observer, guesses);
        }
        arrange(anchors);
        return anchors;
    }
    /// Retransmissions: which is which is not certain, but nothing else tells the time.
    void add_unsure(std::uint32_t observer, Anchors& anchors) const {
        add(anchors, matches_.unsure, observer);
        arrange(anchors);
    }

    [[nodiscard]] Agreement agreement_of(std::span<const Anchor> anchors, Kind kind) const {
        std::vector<Both> times;
        for (const Anchor& anchor : anchors) {
            if (const auto own = reports_.time(anchor.own, kind)) {
                times.push_back({anchor.at, *own, reports_.is_up(anchor.own)});
            }
        }
        return agreement(times);
    }

    void correct(std::uint32_t observer, Anchors anchors) {
        const bool has_clock = reports_.is_clock(observer);
        const Agreement certain = agreement_of(anchors, by_arrival);
        const bool is_late = !certain.holds() || std::abs(certain.ahead) > late_link;
        if (is_late && !has_clock && !certain.is_no_chance()) add_unsure(observer, anchors);
        const Agreement arrivals = agreement_of(anchors, by_arrival);
        const Agreement stamps = agreement_of(anchors, by_stamp);
        const std::size_t uneven = arrivals.of - arrivals.count;
        const bool is_prompt = std::abs(arrivals.ahead) <= evenly;
        // Elsewhere stamps may run with others and arrivals not.
        const auto& [usual_arrivals, usual_stamps] = supports_[observer];
        const bool is_clock_right = stamps.holds() && reports_.is_uneven(observer) &&
                                    usual_stamps.count > usual_arrivals.count;
        if (is_prompt && arrivals.holds() && uneven <= 1 && arrivals.count >= stamps.count &&
            !is_clock_right) {
            return;
        }
        // Where the link is even, what does not fit is another transmission.
        const bool is_even = has_clock ? !reports_.is_uneven(observer) : uneven == 0;
        if (is_even || (uneven == 0 && !stamps.holds())) {
            // Nothing arrives before it was made: then a neighbour's reports were late.
            if (is_prompt || (arrivals.ahead > evenly && has_doubtful_neighbour(observer))) return;
            for (const auto i : reports_.of(observer)) {
                prompt_[i] = reports_.arrival(i) + arrivals.ahead;
            }
            return;
        }
        if (stamps.is_usual()) {
            trust_stamps(anchors, stamps);
        } else {
            observations_.uneven[observer] = true;
            if (has_clock) add_unsure(observer, anchors);
            for (const auto i : reports_.of(observer)) is_guess_[i] = true;
            for (const Anchor& anchor : anchors) is_guess_[anchor.own] = false;
        }
        place_between(observer, anchors);
    }
    /// Whether one's link is uneven, and nothing has corrected it yet.
    [[nodiscard]] bool has_doubtful_neighbour(std::uint32_t observer) const {
        const auto& pairs = neighbours_[observer];
        return std::any_of(pairs.begin(), pairs.end(), [&](std::span<const Match> pair) {
            const std::uint32_t other = other_of(pair.front(), observer);
            return done_[other] && reports_.is_uneven(other) && is_as_arrived(other);
        });
    }
    [[nodiscard]] bool is_as_arrived(std::uint32_t observer) const {
        const auto own = reports_.of(observer);
        return std::all_of(own.begin(), own.end(),
                           [&](std::uint32_t i) { return prompt_[i] == reports_.arrival(i); });
    }

    // ---- The times of one observer's reports.

    /// The clock runs evenly with others, and the link does not.
    void by_stamps(std::uint32_t observer) {
        const Micros delay = reports_.least_delay(observer);
        std::vector<Micros> times;
        Micros lateness = 0;  // of the report before
        for (const auto i : reports_.of(observer)) {
            const auto stamp = reports_.stamp(i);
            if (stamp) lateness = reports_.arrival(i) - (*stamp + delay);
            times.push_back(reports_.arrival(i) - lateness);
        }
        keep_order(observer, times);
    }

    /// Stamps that run evenly tell the time better than the other observer's report, which latency
    /// and jitter delay.
    void trust_stamps(Anchors& anchors, const Agreement& stamps) const {
        const Micros passed = anchors.back().at - anchors.front().at;
        const Micros tolerance = evenly + std::abs(passed) / drift_divisor;
        for (Anchor& anchor : anchors) {
            const auto own = reports_.stamp(anchor.own);
            if (!own) continue;
            const Micros latency = stamps.on_way[reports_.is_up(anchor.own) ? 1 : 0];
            if (std::abs(*own + latency - anchor.at) > tolerance) continue;
            anchor.at = *own + stamps.ahead;
        }
    }

    /// Places the observations among those that another observer saw.
    void place_between(std::uint32_t observer, std::span<const Anchor> anchors) {
        const auto own = reports_.of(observer);
        std::vector<Micros> times(own.size());
        const auto place = [&](std::uint32_t i) {
            return static_cast<std::size_t>(std::lower_bound(own.begin(), own.end(), i) -
                                            own.begin());
        };
        std::vector<bool> is_anchor(own.size());
        for (const Anchor& anchor : anchors) is_anchor[place(anchor.own)] = true;
        std::size_t last = place(anchors.front().own);
        times[last] = anchors.front().at;
        for (std::size_t k = last; k-- > 0;) {
            times[k] = times[k + 1] - step(own[k], own[k + 1], times[k + 1], own[k + 1]);
        }
        for (std::size_t n = 1; n < anchors.size(); ++n) {
            const std::size_t next = place(anchors[n].own);
            for (std::size_t k = last + 1; k < next; ++k) {
                times[k] = between(anchors[n - 1], anchors[n], own[k]);
            }
            times[next] = anchors[n].at;
            last = next;
        }
        for (std::size_t k = last + 1; k < own.size(); ++k) {
            times[k] = times[k - 1] + step(own[k - 1], own[k], times[k - 1], own[k - 1]);
        }
        if (!reports_.is_clock(observer)) keep_seconds(own, anchors, times);
        const auto copies = copies_.find(observer);
        if (copies != copies_.end()) {
            for (const auto& [original, copy] : copies->second) {
                if (is_anchor[place(copy)]) continue;
                times[place(copy)] =
                    times[place(original)] + reports_.arrival(copy) - reports_.arrival(original);
            }
        }
        keep_order(observer, times);
    }
    [[nodiscard]] Micros between(const Anchor& before, const Anchor& after, std::uint32_t i) const {
        const auto first = reports_.stamp(before.own);
        const auto last = reports_.stamp(after.own);
        const auto own = reports_.stamp(i);
        const Micros passed = after.at - before.at;
        if (first && last && own) {
            if (std::abs(*last - *first - passed) <= evenly) return before.at + (*own - *first);
            // The clock was set in between, before or after this.
            const bool may_follow = *own >= *first - evenly && *own - *first <= passed + evenly;
            const bool may_precede = *last >= *own - evenly && *last - *own <= passed + evenly;
            if (may_follow && !may_precede) return std::min(before.at + (*own - *first), after.at);
            if (may_precede && !may_follow) return std::max(after.at - (*last - *own), before.at);
        }
        // What arrived together was probably seen together.
        const Micros since = reports_.arrival(i) - reports_.arrival(before.own);
        const Micros until = reports_.arrival(after.own) - reports_.arrival(i);
        return since <= until ? std::min(before.at + since, after.at)
                              : std::max(after.at - until, before.at);
    }
    /// The time from one observation to the next; `known`, one of both, is at `at`. Stamps tell it
    /// as long as the link explains why they differ from arrivals: no message arrives before it was
    /// made, and on one link none overtakes another. Else the clock was set.
    [[nodiscard]] Micros step(std::uint32_t one, std::uint32_t next, Micros at,
                              std::uint32_t known) const {
        const Micros here = reports_.arrival(next) - reports_.arrival(one);
        const auto first = reports_.stamp(one);
        const auto last = reports_.stamp(next);
        if (!first || !last || *last < *first - evenly) return here;
        const Micros there = *last - *first;
        if (reports_.is_right_but_late(reports_.seen(one).observer)) return there;
        const Micros late = reports_.arrival(known) - at;
        const Micros other_late = known == one ? late + (here - there) : late - (here - there);
        return other_late < -evenly ? here : there;
    }
    /// Keeps the times within the seconds that the stamps tell.
    void keep_seconds(std::span<const std::uint32_t> own, std::span<const Anchor> anchors,
                      std::vector<Micros>& times) const {
        Micros least = -latest_time;
        Micros most = latest_time;
        for (const Anchor& anchor : anchors) {
            const auto& stamp = reports_.seen(anchor.own).stamp;
            if (!stamp) continue;
            least = std::max(least, anchor.at - *stamp - whole_second);
            most = std::min(most, anchor.at - *stamp);
        }
        if (least > most || most == latest_time) return;
        for (std::size_t k = 0; k < own.size(); ++k) {
            const auto& stamp = reports_.seen(own[k]).stamp;
            if (!stamp) continue;
            times[k] = std::clamp(times[k], *stamp + least, *stamp + most + whole_second);
        }
    }

    /// A link that is late keeps the order.
    void keep_order(std::uint32_t observer, std::vector<Micros>& times) {
        std::sort(times.begin(), times.end());
        const auto own = reports_.of(observer);
        for (std::size_t k = 0; k < times.size(); ++k) prompt_[own[k]] = times[k];
    }

    void apply() {
        auto& all = observations_.all;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (std::abs(prompt_[i] - all[i].arrival) > evenly) {
                observations_.late[all[i].observer] = true;
            }
            all[i].arrival = std::clamp(prompt_[i], Micros{1}, latest_time);
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
    }

    Observations& observations_;
    Reports reports_;
    Matches matches_;
    std::vector<std::array<Support, 2>> supports_;                 ///< by observer and Kind
    std::vector<std::vector<std::span<const Match>>> neighbours_;  ///< by observer
    std::map<std::uint32_t, decltype(Matches::copies)> copies_;    ///< by observer
    std::vector<Micros> prompt_;  ///< by observation: its arrival, corrected
    std::vector<bool> is_guess_;  ///< by observation: `prompt_` is only between those of others
    std::vector<bool> done_;      ///< by observer
};

}  // namespace

bool make_prompt(Observations& observations) {
    if (observations.observers.size() < 2) return false;
    return LateLinks(observations).run();
}

}  // namespace ci::order
