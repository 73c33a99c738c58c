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
#include "order/observe/placement.h"
#include "order/observe/reports.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A clock that was set, or that is none, passes for one as long as it stamps few messages.
constexpr std::size_t few_matches = 2;

/// How well one observer's times, by arrivals or by stamps, run with those of others.
struct Support {
    std::size_t count = 0, of = 0;  ///< as in Agreement
    std::size_t later = 0;          ///< reports that arrived later than the other observer's
    /// Arrived together, though another observer's clock shows that time passed in between.
    bool together = false;

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
        copies_.resize(reports_.observers());
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
        done_.assign(done_.size(), true);
        for (std::uint32_t i = 0; i < reports_.observers(); ++i) {
            if (reports_.is_right_but_late(i) && is_as_arrived(i) && stamps_fit(i)) by_stamps(i);
        }
        apply();
        return true;
    }

  private:
    [[nodiscard]] bool any_right_but_late() const {
        for (std::uint32_t i = 0; i < reports_.observers(); ++i) {
            if (reports_.is_right_but_late(i)) return true;
        }
        return false;
    }
    /// What others saw, too, does not contradict the observer's stamps.
    [[nodiscard]] bool stamps_fit(std::uint32_t observer) const {
        const Anchors anchors = anchors_of(observer);
        return std::all_of(anchors.begin(), anchors.end(), [&](const Anchor& anchor) {
            const auto own = reports_.stamp(anchor.own);
            return own && std::abs(*own + reports_.least_delay(observer) - anchor.at) <= evenly;
        });
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
                    const Agreement agreement = agreement_of(pair, one, other);
                    const std::size_t count = agreement.instants > 1 ? agreement.count : 0;
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
            if (pair.size() <= few_matches) continue;
            const std::size_t arrived[] = {instants(pair, &Match::first, by_arrival),
                                           instants(pair, &Match::second, by_arrival)};
            if (arrived[0] < instants(pair, &Match::second, by_stamp)) {
                first[by_arrival].together = true;
            }
            if (arrived[1] < instants(pair, &Match::first, by_stamp)) {
                second[by_arrival].together = true;
            }
        }
        return found;
    }
    /// At how many different times the matches were, by one observer's times.
    [[nodiscard]] std::size_t instants(std::span<const Match> pair, std::uint32_t Match::*own,
                                       Kind kind) const {
        std::vector<Micros> times;
        for (const Match& match : pair) {
            if (const auto time = reports_.time(match.*own, kind)) times.push_back(*time);
        }
        std::sort(times.begin(), times.end());
        std::size_t count = times.empty() ? 0 : 1;
        for (std::size_t k = 1; k < times.size(); ++k) {
            if (times[k] - times[k - 1] > evenly) ++count;
        }
        return count;
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
            return std::tuple(!holds, !holds && own.together, kind, holds ? uneven : later,
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
                anchors.push_back({match.first, prompt_[match.second], guesses});
            } else if (match.second_observer() == observer && is_known(match.first)) {
                anchors.push_back({match.second, prompt_[match.first], guesses});
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
        if (are_guesses(anchors) && arrivals.is_usual() && arrivals.instants > 2 &&
            std::abs(arrivals.ahead) <= late_link) {
            return;
        }
        if (is_prompt && arrivals.holds() && uneven <= 1 && arrivals.count >= stamps.count) return;
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
            trust_stamps(reports_, stamps, anchors);
        } else {
            observations_.uneven[observer] = true;
            if (has_clock) add_unsure(observer, anchors);
            for (const auto i : reports_.of(observer)) is_guess_[i] = true;
            for (const Anchor& anchor : anchors) is_guess_[anchor.own] = false;
        }
        keep_order(observer, place(reports_, observer, anchors, copies_[observer]));
    }
    [[nodiscard]] bool are_guesses(std::span<const Anchor> anchors) const {
        return std::all_of(anchors.begin(), anchors.end(),
                           [](const Anchor& anchor) { return anchor.is_guess; });
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
        keep_order(observer, std::move(times));
    }

    /// A link that is late keeps the order.
    void keep_order(std::uint32_t observer, std::vector<Micros> times) {
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
    std::vector<Copies> copies_;                                   ///< by observer
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
