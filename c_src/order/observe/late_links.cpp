#include "order/observe/late_links.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

#include "order/observe/limits.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;
using Indexes = std::vector<std::uint32_t>;

/// Prompt links differ by less than this.
constexpr Micros late = 150'000;
/// Times that run evenly differ by no more than this, apart from drift: stamps and datagrams are
/// late now and then.
constexpr Micros evenly = 60'000;
constexpr Micros whole_second = 1'000'000;
constexpr Micros max_round_trip = 300'000;
/// A clock that is right differs from arrivals by a prompt link's delay.
constexpr Micros right = 20'000;
/// Copies that one observer sends of one message are closer than this.
constexpr Micros duplicate = 20'000;

/// One message that two observers saw.
struct Match {
    std::uint64_t pair = 0;               ///< both observers
    std::uint32_t first = 0, second = 0;  ///< observations
};

/// A series of times against another: how many differ by a constant, give or take `evenly`.
struct Agreement {
    Micros ahead = 0;
    Micros on_way[2] = {};  ///< by direction of the message, with its latency
    std::size_t count = 0, of = 0;

    [[nodiscard]] bool holds() const { return of > 0 && count * 5 >= of * 4; }
    [[nodiscard]] bool is_usual() const { return count * 2 > of; }
};

/// The value that most others lie near; of several such the one nearest to 0.
Micros densest(std::vector<Micros>& values) {
    std::sort(values.begin(), values.end());
    std::size_t best = 0;
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; first < values.size(); ++first) {
        while (last < values.size() && values[last] - values[first] <= 2 * evenly) ++last;
        const std::size_t middle = first + (last - first) / 2;
        const bool is_better =
            last - first > most ||
            (last - first == most && std::abs(values[middle]) < std::abs(values[best]));
        if (!is_better) continue;
        most = last - first;
        best = middle;
    }
    return values.empty() ? 0 : values[best];
}

/// Which times of an observer.
enum Kind : std::size_t { by_arrival, by_stamp };

class LateLinks {
  public:
    explicit LateLinks(Observations& observations)
        : observations_(observations), own_(observations.observers.size()) {
        for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
            own_[observations.all[i].observer].push_back(i);
        }
        for (const Indexes& own : own_) is_clock_.push_back(is_clock(own));
        find_matches();
    }

    bool run() {
        if (!any_late()) return false;
        prompt_.resize(observations_.all.size());
        for (std::size_t i = 0; i < prompt_.size(); ++i) prompt_[i] = arrival(i);
        done_.resize(own_.size());
        for (auto root = next_root(); root; root = next_root()) correct_from(*root);
        for (std::uint32_t i = 0; i < own_.size(); ++i) {
            if (!done_[i] && is_right_but_late(i)) by_stamps(i, least_delay(i));
        }
        apply();
        return true;
    }

  private:
    [[nodiscard]] Micros arrival(std::size_t i) const { return observations_.all[i].arrival; }
    [[nodiscard]] std::optional<Micros> stamp(std::size_t i) const {
        const Observation& seen = observations_.all[i];
        return is_clock_[seen.observer] ? seen.stamp : std::nullopt;
    }
    /// Whole seconds and copied arrivals tell too little, and the time of a clock does not jump.
    [[nodiscard]] bool is_clock(const Indexes& own) const {
        std::size_t fractions = 0;
        std::size_t back = 0;
        std::optional<Micros> last;
        for (const auto i : own) {
            const auto& stamped = observations_.all[i].stamp;
            if (!stamped) continue;
            const Micros late_by = observations_.all[i].received - *stamped;
            if (*stamped % whole_second != 0 && std::abs(late_by) > equal_to_arrival) ++fractions;
            if (last && *stamped < *last - evenly) ++back;
            last = stamped;
        }
        return fractions > 0 && back <= 1 + own.size() / 8;
    }

    // ---- Which messages two observers saw.

    void find_matches() {
        const auto& all = observations_.all;
        Indexes sorted(all.size());
        std::iota(sorted.begin(), sorted.end(), 0U);
        std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
            return std::tuple(all[a].message, all[a].observer, a) <
                   std::tuple(all[b].message, all[b].observer, b);
        });
        for (std::size_t begin = 0; begin < sorted.size();) {
            std::size_t end = begin + 1;
            while (end < sorted.size() && all[sorted[end]].message == all[sorted[begin]].message) {
                ++end;
            }
            match(std::span(sorted).subspan(begin, end - begin));
            begin = end;
        }
        std::sort(matches_.begin(), matches_.end(), [](const Match& a, const Match& b) {
            return std::tie(a.pair, a.first, a.second) < std::tie(b.pair, b.first, b.second);
        });
        for (std::size_t begin = 0; begin < matches_.size();) {
            std::size_t end = begin + 1;
            while (end < matches_.size() && matches_[end].pair == matches_[begin].pair) ++end;
            pairs_.push_back(std::span(matches_).subspan(begin, end - begin));
            begin = end;
        }
    }

    /// What one observer saw of a message.
    struct Seen {
        std::uint32_t observer = 0;
        Indexes once;  ///< without copies
        Indexes all;
    };

    /// Compares each observer of a message with the one that saw most messages.
    void match(std::span<const std::uint32_t> message) {
        const auto observer = [&](std::uint32_t i) { return observations_.all[i].observer; };
        if (observer(message.front()) == observer(message.back())) return;
        std::vector<Seen> seen_by;
        for (const auto i : message) {
            if (seen_by.empty() || seen_by.back().observer != observer(i)) {
                seen_by.push_back({observer(i), {}, {}});
            }
            Seen& seen = seen_by.back();
            if (seen.once.empty() || !is_copy(seen.all.back(), i)) {
                seen.once.push_back(i);
            } else {
                copies_.emplace_back(seen.once.back(), i);
            }
            seen.all.push_back(i);
        }
        const Seen& hub =
            *std::max_element(seen_by.begin(), seen_by.end(), [&](const Seen& a, const Seen& b) {
                return own_[a.observer].size() < own_[b.observer].size();
            });
        for (const Seen& other : seen_by) {
            if (&other != &hub) match(hub, other);
        }
    }
    void match(const Seen& hub, const Seen& other) {
        const bool turned = other.observer < hub.observer;
        const auto& [first, second] = turned ? std::tie(other, hub) : std::tie(hub, other);
        const std::uint64_t pair = pack(first.observer, second.observer);
        const auto both = [&](const Indexes& one, const Indexes& next) {
            if (one.size() != next.size()) return false;
            auto& found = is_same_series(one, next) ? matches_ : unsure_;
            for (std::size_t k = 0; k < one.size(); ++k) found.push_back({pair, one[k], next[k]});
            return true;
        };
        // Retransmissions that arrive together, as late links bring them, look like copies.
        if (both(first.once, second.once)) return;
        if (both(first.once, second.all) || both(first.all, second.once)) return;
        unsure_.push_back({pair, first.once.front(), second.once.front()});
    }
    /// Both may have seen equally often what was sent more often, but then the intervals differ.
    [[nodiscard]] bool is_same_series(const Indexes& one, const Indexes& next) const {
        for (const Kind kind : {by_arrival, by_stamp}) {
            for (const Kind other : {by_arrival, by_stamp}) {
                if (is_same_series(one, kind, next, other)) return true;
            }
        }
        return false;
    }
    [[nodiscard]] bool is_same_series(const Indexes& one, Kind kind, const Indexes& next,
                                      Kind other) const {
        const auto passed = [&](const Indexes& all, std::size_t k, Kind by) {
            const auto first = time(all[0], by);
            const auto last = time(all[k], by);
            return first && last ? *last - *first : latest_time;
        };
        for (std::size_t k = 1; k < one.size(); ++k) {
            const Micros here = passed(one, k, kind);
            const Micros there = passed(next, k, other);
            if (here == latest_time || std::abs(here - there) > evenly) return false;
        }
        return true;
    }
    [[nodiscard]] bool is_copy(std::uint32_t one, std::uint32_t other) const {
        if (arrival(other) - arrival(one) > duplicate) return false;
        const auto first = stamp(one);
        const auto second = stamp(other);
        return !first || !second || std::abs(*second - *first) <= duplicate;
    }

    // ---- Whether a link is late at all.

    [[nodiscard]] bool any_late() const {
        for (std::uint32_t i = 0; i < own_.size(); ++i) {
            if (is_right_but_late(i)) return true;
        }
        return std::any_of(pairs_.begin(), pairs_.end(), [&](std::span<const Match> pair) {
            return std::any_of(pair.begin(), pair.end(), [&](const Match& one) {
                return std::abs(arrival(one.second) - arrival(one.first)) > late;
            });
        });
    }

    // ---- Which times run evenly.

    /// Two observers' times of one message, and its direction over its hop.
    struct Both {
        Micros one = 0, other = 0;
        bool up = false;
    };

    /// Each direction is looked at alone, or else latency would look uneven.
    static Agreement agreement(std::span<const Both> times) {
        std::vector<Micros> ways[2];
        std::vector<Micros> all;
        Micros first = latest_time;
        Micros last = -latest_time;
        for (const Both& both : times) {
            ways[both.up ? 1 : 0].push_back(both.one - both.other);
            all.push_back(both.one - both.other);
            first = std::min(first, both.other);
            last = std::max(last, both.other);
        }
        Agreement result;
        result.of = times.size();
        if (all.empty()) return result;
        const Micros tolerance = evenly + (last - first) / drift_divisor;
        const auto count = [&](Micros down, Micros up) {
            return static_cast<std::size_t>(
                std::count_if(times.begin(), times.end(), [&](const Both& both) {
                    const Micros off = both.one - both.other - (both.up ? up : down);
                    return std::abs(off) <= tolerance;
                }));
        };
        auto& [down, up] = result.on_way;
        down = up = result.ahead = densest(all);
        result.count = count(down, up);
        if (result.holds() || ways[0].empty() || ways[1].empty()) return result;
        const Micros own[2] = {densest(ways[0]), densest(ways[1])};
        const std::size_t more = count(own[0], own[1]);
        if (std::abs(own[1] - own[0]) > max_round_trip || more <= result.count) return result;
        std::tie(down, up) = std::tie(own[0], own[1]);
        result.ahead = down + (up - down) / 2;
        result.count = more;
        return result;
    }
    [[nodiscard]] bool is_up(std::uint32_t i) const {
        const Observation& seen = observations_.all[i];
        return pack(seen.src_host, seen.src) < pack(seen.dst_host, seen.dst);
    }

    [[nodiscard]] std::optional<Micros> time(std::uint32_t i, Kind kind) const {
        return kind == by_arrival ? arrival(i) : stamp(i);
    }

    [[nodiscard]] Agreement agreement_of(std::span<const Match> pair, Kind one, Kind other) const {
        std::vector<Both> times;
        for (const Match& match : pair) {
            const auto first = time(match.first, one);
            const auto second = time(match.second, other);
            if (first && second) times.push_back({*second, *first, is_up(match.first)});
        }
        return agreement(times);
    }

    /// How well one observer's times, by arrivals or by stamps, run with those of others.
    struct Support {
        std::size_t count = 0, of = 0;  ///< as in Agreement
        std::size_t later = 0;          ///< reports that arrived later than the other observer's

        [[nodiscard]] bool holds() const { return of > 1 && count * 5 >= of * 4; }
    };

    [[nodiscard]] std::vector<std::array<Support, 2>> supports() const {
        std::vector<std::array<Support, 2>> found(own_.size());
        for (const auto& pair : pairs_) {
            const auto [a, b] = observers_of(pair);
            std::size_t first[2] = {};
            std::size_t second[2] = {};
            for (const Kind one : {by_arrival, by_stamp}) {
                for (const Kind other : {by_arrival, by_stamp}) {
                    const Agreement both = agreement_of(pair, one, other);
                    first[one] = std::max(first[one], both.count);
                    second[other] = std::max(second[other], both.count);
                }
            }
            for (const Kind kind : {by_arrival, by_stamp}) {
                found[a][kind].count += first[kind];
                found[b][kind].count += second[kind];
                found[a][kind].of += pair.size();
                found[b][kind].of += pair.size();
            }
            for (const Match& match : pair) {
                const Micros after = arrival(match.second) - arrival(match.first);
                if (std::abs(after) > evenly) ++found[after > 0 ? b : a][by_arrival].later;
            }
        }
        return found;
    }

    /// The observer, not yet corrected, whose times are the most likely to be right: they run
    /// evenly with those of others, or else no report of others came earlier.
    std::optional<std::pair<std::uint32_t, Kind>> next_root() {
        const auto found = supports();
        const auto rank = [&](std::uint32_t i, Kind kind) {
            const Support& own = found[i][kind];
            const double all = static_cast<double>(own.of);
            return std::tuple(!own.holds(), kind, kind == by_arrival && is_uneven(i),
                              own.holds() ? 0 : static_cast<double>(own.later) / all,
                              -static_cast<double>(own.count) / all, -all);
        };
        std::optional<std::pair<std::uint32_t, Kind>> best;
        for (const Kind kind : {by_arrival, by_stamp}) {
            for (std::uint32_t i = 0; i < own_.size(); ++i) {
                if (done_[i] || found[i][kind].of == 0) continue;
                if (!best || rank(i, kind) < rank(best->first, best->second)) best = {i, kind};
            }
        }
        if (best && best->second == by_arrival && is_batched(best->first)) best->second = by_stamp;
        return best;
    }

    /// A log: its stamps are in order, but arrivals come in batches.
    [[nodiscard]] bool is_batched(std::uint32_t observer) const {
        std::size_t together = 0;
        std::size_t spaced = 0;
        const auto& own = own_[observer];
        for (std::size_t k = 1; k < own.size(); ++k) {
            if (!stamp(own[k - 1]) || !stamp(own[k])) return false;
            const Micros here = arrival(own[k]) - arrival(own[k - 1]);
            const Micros there = *stamp(own[k]) - *stamp(own[k - 1]);
            if (there < -evenly) return false;
            if (there > 1'000 && there < whole_second) ++(here * 5 < there ? together : spaced);
        }
        return together > spaced;
    }

    // ---- The correction.

    void correct_from(std::pair<std::uint32_t, Kind> root) {
        const auto [first, kind] = root;
        if (kind == by_stamp) by_stamps(first, least_delay(first));
        Indexes reached{first};
        done_[first] = true;
        while (const auto next = nearest()) {
            correct(*next, anchors_of(*next));
            done_[*next] = true;
            reached.push_back(*next);
        }
        for (const auto observer : reached) {
            if (observer != first && is_uneven(observer) && is_as_arrived(observer)) {
                correct(observer, anchors_of(observer));
            }
        }
        // The promptest link is taken for prompt.
        Micros ahead = -latest_time;
        for (const auto observer : reached) {
            std::vector<Micros> own;
            for (const auto i : own_[observer]) own.push_back(prompt_[i] - arrival(i));
            ahead = std::max(ahead, median(own));
        }
        if (ahead <= evenly && ahead >= -evenly) return;
        for (const auto observer : reached) {
            for (const auto i : own_[observer]) prompt_[i] -= ahead;
        }
    }

    /// Some reports came at once and showed a clock that is right. It is likelier that the link of
    /// the others was late than that a right clock was set wrong.
    [[nodiscard]] bool is_right_but_late(std::uint32_t observer) const {
        const auto& own = own_[observer];
        const auto goes_back = [&](std::uint32_t one, std::uint32_t next) {
            return stamp(one) && stamp(next) && *stamp(next) < *stamp(one) - evenly;
        };
        return is_clock_[observer] && !is_steady(observer) &&
               std::abs(least_delay(observer)) < right &&
               std::adjacent_find(own.begin(), own.end(), goes_back) == own.end();
    }

    [[nodiscard]] Micros least_delay(std::uint32_t observer) const {
        Micros ahead = latest_time;
        for (const auto i : own_[observer]) {
            if (stamp(i)) ahead = std::min(ahead, arrival(i) - *stamp(i));
        }
        return ahead;
    }

    /// An observation and the time at which another observer's report of it came.
    struct Anchor {
        std::uint32_t own = 0;
        Micros at = 0;
    };

    /// The observer with most messages in common with those that are corrected; one whose link is
    /// uneven comes last, as it needs all the others.
    [[nodiscard]] std::optional<std::uint32_t> nearest() const {
        std::vector<std::size_t> common(own_.size());
        for (const auto& pair : pairs_) {
            const auto [one, other] = observers_of(pair);
            if (done_[one] == done_[other]) continue;
            common[done_[one] ? other : one] += pair.size();
        }
        std::optional<std::uint32_t> best;
        const auto rank = [&](std::uint32_t i) { return std::pair(!is_uneven(i), common[i]); };
        for (std::uint32_t i = 0; i < own_.size(); ++i) {
            if (common[i] > 0 && (!best || rank(i) > rank(*best))) best = i;
        }
        return best;
    }
    /// Sorted, at most one for each of its observations.
    [[nodiscard]] std::vector<Anchor> anchors_of(std::uint32_t observer) const {
        std::vector<Anchor> anchors;
        for (const auto& pair : pairs_) {
            const auto [one, other] = observers_of(pair);
            if (one == observer && done_[other]) {
                for (const Match& match : pair) {
                    anchors.push_back({match.first, prompt_[match.second]});
                }
            } else if (other == observer && done_[one]) {
                for (const Match& match : pair) {
                    anchors.push_back({match.second, prompt_[match.first]});
                }
            }
        }
        std::sort(anchors.begin(), anchors.end(), [](const Anchor& a, const Anchor& b) {
            return std::tie(a.own, a.at) < std::tie(b.own, b.at);
        });
        const auto same = [](const Anchor& a, const Anchor& b) { return a.own == b.own; };
        anchors.erase(std::unique(anchors.begin(), anchors.end(), same), anchors.end());
        return anchors;
    }
    [[nodiscard]] static std::pair<std::uint32_t, std::uint32_t> observers_of(
        std::span<const Match> pair) {
        return {static_cast<std::uint32_t>(pair.front().pair >> 32U),
                static_cast<std::uint32_t>(pair.front().pair)};
    }

    [[nodiscard]] Agreement agreement_of(std::span<const Anchor> anchors, Kind kind) const {
        std::vector<Both> times;
        for (const Anchor& anchor : anchors) {
            if (const auto own = time(anchor.own, kind)) {
                times.push_back({anchor.at, *own, is_up(anchor.own)});
            }
        }
        return agreement(times);
    }

    void correct(std::uint32_t observer, std::vector<Anchor> anchors) {
        const Agreement first = agreement_of(anchors, by_arrival);
        const bool is_late = !first.holds() || std::abs(first.ahead) > late;
        if (is_late && !is_clock_[observer]) add_unsure(observer, anchors);
        const Agreement arrivals = agreement_of(anchors, by_arrival);
        const Agreement stamps = agreement_of(anchors, by_stamp);
        const std::size_t uneven = arrivals.of - arrivals.count;
        const bool is_prompt = std::abs(arrivals.ahead) <= evenly;
        if (is_prompt && arrivals.holds() && uneven <= 1 && arrivals.count >= stamps.count) return;
        // Where the link is even, what does not fit is another transmission.
        const bool is_even = is_clock_[observer] ? is_steady(observer) : uneven == 0;
        if (is_even || (uneven == 0 && !stamps.holds())) {
            if (is_prompt) return;
            for (const auto i : own_[observer]) prompt_[i] = arrival(i) + arrivals.ahead;
            return;
        }
        if (stamps.is_usual()) {
            trust_stamps(anchors, stamps);
        } else {
            observations_.uneven[observer] = true;
            if (is_clock_[observer]) add_unsure(observer, anchors);
        }
        between(observer, anchors);
    }

    [[nodiscard]] bool is_as_arrived(std::uint32_t observer) const {
        const auto& own = own_[observer];
        return std::all_of(own.begin(), own.end(),
                           [&](std::uint32_t i) { return prompt_[i] == arrival(i); });
    }
    [[nodiscard]] bool is_uneven(std::uint32_t observer) const {
        return is_clock_[observer] && !is_steady(observer);
    }
    /// Whether stamps and arrivals run evenly all the time.
    [[nodiscard]] bool is_steady(std::uint32_t observer) const {
        Micros least = latest_time;
        Micros most = -latest_time;
        for (const auto i : own_[observer]) {
            if (!stamp(i)) continue;
            least = std::min(least, arrival(i) - *stamp(i));
            most = std::max(most, arrival(i) - *stamp(i));
        }
        return most - least < late;
    }

    /// The root's clock runs evenly with others, and its link does not.
    void by_stamps(std::uint32_t observer, Micros ahead) {
        std::vector<Micros> times;
        Micros lateness = 0;
        for (const auto i : own_[observer]) {
            if (stamp(i)) lateness = arrival(i) - (*stamp(i) + ahead);
            times.push_back(stamp(i) ? *stamp(i) + ahead : arrival(i) - lateness);
        }
        keep_order(observer, times);
    }

    /// Retransmissions: which is which is not certain, but nothing else tells the time.
    void add_unsure(std::uint32_t observer, std::vector<Anchor>& anchors) const {
        for (const Match& match : unsure_) {
            const auto [one, other] = observers_of(std::span(&match, 1));
            if (one == observer && done_[other]) {
                anchors.push_back({match.first, prompt_[match.second]});
            } else if (other == observer && done_[one]) {
                anchors.push_back({match.second, prompt_[match.first]});
            }
        }
        std::sort(anchors.begin(), anchors.end(), [](const Anchor& a, const Anchor& b) {
            return std::tie(a.own, a.at) < std::tie(b.own, b.at);
        });
        const auto same = [](const Anchor& a, const Anchor& b) { return a.own == b.own; };
        anchors.erase(std::unique(anchors.begin(), anchors.end(), same), anchors.end());
    }

    /// Stamps that run evenly tell the time better than the other observer's report, which latency
    /// and jitter delay.
    void trust_stamps(std::vector<Anchor>& anchors, const Agreement& stamps) const {
        const Micros passed = anchors.back().at - anchors.front().at;
        const Micros tolerance = evenly + std::abs(passed) / drift_divisor;
        for (Anchor& anchor : anchors) {
            const auto own = stamp(anchor.own);
            if (!own) continue;
            const Micros off = *own + stamps.on_way[is_up(anchor.own) ? 1 : 0] - anchor.at;
            if (std::abs(off) <= tolerance) anchor.at = *own + stamps.ahead;
        }
    }

    /// Places the observations among those that another observer saw.
    void between(std::uint32_t observer, std::span<const Anchor> anchors) {
        const auto& own = own_[observer];
        std::vector<Micros> times(own.size());
        const auto place = [&](const Anchor& anchor) {
            return static_cast<std::size_t>(std::lower_bound(own.begin(), own.end(), anchor.own) -
                                            own.begin());
        };
        std::size_t last = place(anchors.front());
        times[last] = anchors.front().at;
        for (std::size_t k = last; k-- > 0;) {
            times[k] = times[k + 1] - step(own[k], own[k + 1], times[k + 1], true);
        }
        for (std::size_t n = 1; n < anchors.size(); ++n) {
            const std::size_t next = place(anchors[n]);
            for (std::size_t k = last + 1; k < next; ++k) {
                times[k] = between(anchors[n - 1], anchors[n], own[k]);
            }
            times[next] = anchors[n].at;
            last = next;
        }
        for (std::size_t k = last + 1; k < own.size(); ++k) {
            times[k] = times[k - 1] + step(own[k - 1], own[k], times[k - 1], false);
        }
        if (!is_clock_[observer]) keep_seconds(own, anchors, times);
        for (const auto& [original, copy] : copies_) {
            if (observations_.all[copy].observer != observer) continue;
            times[place({copy, 0})] =
                times[place({original, 0})] + arrival(copy) - arrival(original);
        }
        keep_order(observer, times);
    }
    /// Keeps the times within the seconds that the stamps tell.
    void keep_seconds(const Indexes& own, std::span<const Anchor> anchors,
                      std::vector<Micros>& times) const {
        Micros least = -latest_time;
        Micros most = latest_time;
        for (const Anchor& anchor : anchors) {
            const auto& stamped = observations_.all[anchor.own].stamp;
            if (!stamped) continue;
            least = std::max(least, anchor.at - *stamped - whole_second);
            most = std::min(most, anchor.at - *stamped);
        }
        if (least > most || most == latest_time) return;
        for (std::size_t k = 0; k < own.size(); ++k) {
            const auto& stamped = observations_.all[own[k]].stamp;
            if (!stamped) continue;
            times[k] = std::clamp(times[k], *stamped + least, *stamped + most + whole_second);
        }
    }
    [[nodiscard]] Micros between(const Anchor& before, const Anchor& after, std::uint32_t i) const {
        const Micros passed = after.at - before.at;
        const auto first = stamp(before.own);
        const auto last = stamp(after.own);
        const auto own = stamp(i);
        if (first && last && own && std::abs(*last - *first - passed) <= evenly) {
            return before.at + (*own - *first);
        }
        // What arrived together was probably seen together.
        const Micros since = arrival(i) - arrival(before.own);
        const Micros until = arrival(after.own) - arrival(i);
        return since <= until ? std::min(before.at + since, after.at)
                              : std::max(after.at - until, before.at);
    }

    /// The time from one observation to the next, one of which is at `known`. Stamps tell it as
    /// long as the link explains why they differ from arrivals: no message arrives before it was
    /// made, and on one link none overtakes another. Else the clock was set.
    [[nodiscard]] Micros step(std::uint32_t one, std::uint32_t next, Micros known,
                              bool back) const {
        const Micros here = arrival(next) - arrival(one);
        if (!stamp(one) || !stamp(next)) return here;
        const Micros there = *stamp(next) - *stamp(one);
        if (there < -evenly) return here;
        const Micros lateness = arrival(back ? next : one) - known;
        const Micros other = back ? lateness - (here - there) : lateness + (here - there);
        return other < -evenly ? here : there;
    }

    /// A link that is late keeps the order.
    void keep_order(std::uint32_t observer, std::vector<Micros>& times) {
        std::sort(times.begin(), times.end());
        for (std::size_t k = 0; k < times.size(); ++k) prompt_[own_[observer][k]] = times[k];
    }

    void apply() {
        auto& all = observations_.all;
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i].arrival = std::clamp(prompt_[i], Micros{1}, latest_time);
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
    }

    Observations& observations_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> copies_;  ///< original, copy
    std::vector<bool> is_clock_;                                   ///< by observer
    std::vector<Indexes> own_;  ///< by observer, in the order of arrival
    std::vector<Match> matches_;
    std::vector<Match> unsure_;  ///< retransmissions: which is which is not certain
    std::vector<std::span<const Match>> pairs_;
    std::vector<Micros> prompt_;  ///< by observation: its arrival, corrected
    std::vector<bool> done_;      ///< by observer
};

}  // namespace

bool make_prompt(Observations& observations) {
    if (observations.observers.size() < 2) return false;
    return LateLinks(observations).run();
}

}  // namespace ci::order
