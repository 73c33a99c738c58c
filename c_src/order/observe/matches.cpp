#include "order/observe/matches.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <tuple>

namespace ci::order {
namespace {

using wire::Micros;
using Indexes = std::vector<std::uint32_t>;

/// Copies that one observer sends of one message are closer than this.
constexpr Micros duplicate = 20'000;
/// One of them may be delayed on its way.
constexpr Micros delayed = 100'000;

/// Timer B ends retransmissions after 11 (RFC 3261 17.1.2.2).
constexpr std::size_t longest_series = 16;

/// What one observer saw of a message.
struct Seen {
    std::uint32_t observer = 0;
    Indexes once;  ///< without copies
    Indexes all;
};

class Finder {
  public:
    explicit Finder(const Reports& reports) : reports_(reports), mirrored_(reports.observers()) {}

    /// Compares each observer of a message with the one that saw most messages.
    void look_at(std::span<const std::uint32_t> message) {
        const auto observer = [&](std::uint32_t i) { return reports_.seen(i).observer; };
        const bool alone = observer(message.front()) == observer(message.back());
        auto& copies = alone ? unsure_copies_ : found_.copies;
        std::vector<Seen> seen_by;
        for (const auto i : message) {
            if (seen_by.empty() || seen_by.back().observer != observer(i)) {
                seen_by.push_back({observer(i), {}, {}});
            }
            Seen& seen = seen_by.back();
            if (seen.once.empty() || !is_copy(seen.all.back(), i)) {
                seen.once.push_back(i);
            } else {
                copies.emplace_back(seen.once.back(), i);
            }
            seen.all.push_back(i);
        }
        for (const Seen& seen : seen_by) {
            Mirrored& mirrored = mirrored_[seen.observer];
            ++mirrored.messages;
            if (seen.all.size() > seen.once.size()) ++mirrored.twice;
        }
        if (alone) return;
        const Seen& hub =
            *std::max_element(seen_by.begin(), seen_by.end(), [&](const Seen& a, const Seen& b) {
                return reports_.of(a.observer).size() < reports_.of(b.observer).size();
            });
        for (const Seen& other : seen_by) {
            if (&other == &hub) continue;
            if (other.observer < hub.observer) {
                match(other, hub);
            } else {
                match(hub, other);
            }
        }
    }

    Matches result() {
        auto& [all, pairs, unsure, copies] = found_;
        for (const auto& copy : unsure_copies_) {
            const Mirrored& mirrored = mirrored_[reports_.seen(copy.first).observer];
            if (mirrored.twice * 2 > mirrored.messages) copies.push_back(copy);
        }
        std::sort(all.begin(), all.end(), [](const Match& a, const Match& b) {
            return std::tie(a.pair, a.first, a.second) < std::tie(b.pair, b.first, b.second);
        });
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin + 1;
            while (end < all.size() && all[end].pair == all[begin].pair) ++end;
            pairs.push_back(std::span(all).subspan(begin, end - begin));
            begin = end;
        }
        return std::move(found_);
    }

  private:
    void match(const Seen& one, const Seen& next) {
        // Retransmissions that arrive together, as late links bring them, look like copies.
        using Both = std::pair<const Indexes&, const Indexes&>;
        const Both series[] = {{one.once, next.once}, {one.once, next.all}, {one.all, next.once}};
        const auto is_same = [&](const Both& both) {
            return both.first.size() == both.second.size() &&
                   is_same_series(both.first, both.second);
        };
        const auto* const same = std::find_if(std::begin(series), std::end(series), is_same);
        if (same != std::end(series)) {
            add(found_.all, *same, same->first.size());
        } else if (!match_most(one, next)) {
            const auto* const equal = std::find_if(
                std::begin(series), std::end(series),
                [](const Both& both) { return both.first.size() == both.second.size(); });
            const bool is_none = equal == std::end(series);
            add(found_.unsure, is_none ? series[0] : *equal, is_none ? 1 : equal->first.size());
        }
    }
    void add(std::vector<Match>& matches, std::pair<const Indexes&, const Indexes&> series,
             std::size_t count) const {
        for (std::size_t k = 0; k < count; ++k) add(matches, series.first[k], series.second[k]);
    }
    void add(std::vector<Match>& matches, std::uint32_t first, std::uint32_t second) const {
        matches.push_back(
            {pack(reports_.seen(first).observer, reports_.seen(second).observer), first, second});
    }

    /// Both may have seen equally often what was sent more often, but then the intervals differ.
    /// One of several may differ because a clock was set or a link became late.
    [[nodiscard]] bool is_same_series(const Indexes& one, const Indexes& next) const {
        std::size_t others = 0;
        for (std::size_t k = 1; k < one.size(); ++k) {
            if (!passed_equally(one[k - 1], one[k], next[k - 1], next[k])) ++others;
        }
        return others == 0 || (others == 1 && one.size() > 3);
    }
    [[nodiscard]] bool passed_equally(std::uint32_t begin, std::uint32_t end,
                                      std::uint32_t other_begin, std::uint32_t other_end) const {
        const auto passed = [&](std::uint32_t from, std::uint32_t to, Kind kind) {
            const auto first = reports_.time(from, kind);
            const auto last = reports_.time(to, kind);
            return first && last ? std::optional(*last - *first) : std::nullopt;
        };
        for (const Kind kind : {by_arrival, by_stamp}) {
            for (const Kind other : {by_arrival, by_stamp}) {
                const auto here = passed(begin, end, kind);
                const auto there = passed(other_begin, other_end, other);
                if (here && there && std::abs(*here - *there) <= evenly) return true;
            }
        }
        return false;
    }

    using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

    /// Some reports were lost: the series are moved against each other until most times coincide.
    bool match_most(const Seen& one, const Seen& next) {
        if (std::max(one.once.size(), next.once.size()) > longest_series) return false;
        Pairs best;
        bool only_one = true;
        for (const Kind kind : {by_arrival, by_stamp}) {
            for (const Kind other : {by_arrival, by_stamp}) {
                for (const auto i : one.once) {
                    for (const auto k : next.once) {
                        const auto first = reports_.time(i, kind);
                        const auto second = reports_.time(k, other);
                        if (!first || !second) continue;
                        auto pairs = coincide(one.once, kind, next.once, other, *second - *first);
                        if (pairs.size() < best.size() || pairs == best) continue;
                        only_one = pairs.size() > best.size();
                        best = std::move(pairs);
                    }
                }
            }
        }
        if (best.size() < 2 || !only_one) return false;
        for (const auto& [first, second] : best) add(found_.all, first, second);
        return true;
    }
    [[nodiscard]] Pairs coincide(const Indexes& one, Kind kind, const Indexes& next, Kind other,
                                 Micros later) const {
        Pairs pairs;
        Micros last = -latest_time;
        for (std::size_t i = 0, k = 0; i < one.size() && k < next.size();) {
            const auto first = reports_.time(one[i], kind);
            const auto second = reports_.time(next[k], other);
            if (!first || !second) return {};
            const Micros after = *second - *first - later;
            // What came at once coincides by chance.
            if (std::abs(after) <= evenly && *first > last + 2 * evenly) {
                pairs.emplace_back(one[i], next[k]);
                last = *first;
            }
            if (after <= evenly) ++k;
            if (after >= -evenly) ++i;
        }
        return pairs;
    }

    [[nodiscard]] bool is_copy(std::uint32_t one, std::uint32_t other) const {
        const Micros passed = reports_.arrival(other) - reports_.arrival(one);
        const auto first = reports_.stamp(one);
        const auto second = reports_.stamp(other);
        if (!first || !second) return passed <= duplicate;
        return passed <= delayed && std::abs(*second - *first) <= duplicate;
    }

    struct Mirrored {
        std::size_t messages = 0, twice = 0;
    };

    const Reports& reports_;
    std::vector<Mirrored> mirrored_;  ///< by observer
    /// Of messages that nobody else saw. They are retransmissions unless the observer mirrors most
    /// messages twice.
    Copies unsure_copies_;
    Matches found_;
};

}  // namespace

Matches find_matches(const Observations& observations, const Reports& reports) {
    const auto& all = observations.all;
    Indexes sorted(all.size());
    std::iota(sorted.begin(), sorted.end(), 0U);
    std::sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tuple(all[a].message, all[a].observer, a) <
               std::tuple(all[b].message, all[b].observer, b);
    });
    Finder finder(reports);
    for (std::size_t begin = 0; begin < sorted.size();) {
        std::size_t end = begin + 1;
        while (end < sorted.size() && all[sorted[end]].message == all[sorted[begin]].message) ++end;
        finder.look_at(std::span(sorted).subspan(begin, end - begin));
        begin = end;
    }
    return finder.result();
}

}  // namespace ci::order
