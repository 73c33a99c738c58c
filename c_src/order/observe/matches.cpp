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

/// What one observer saw of a message.
struct Seen {
    std::uint32_t observer = 0;
    Indexes once;  ///< without copies
    Indexes all;
};

class Finder {
  public:
    explicit Finder(const Reports& reports) : reports_(reports) {}

    /// Compares each observer of a message with the one that saw most messages.
    void look_at(std::span<const std::uint32_t> message) {
        const auto observer = [&](std::uint32_t i) { return reports_.seen(i).observer; };
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
                found_.copies.emplace_back(seen.once.back(), i);
            }
            seen.all.push_back(i);
        }
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
        if (match(one, one.once, next, next.once) || match(one, one.once, next, next.all) ||
            match(one, one.all, next, next.once)) {
            return;
        }
        found_.unsure.push_back(
            {pack(one.observer, next.observer), one.once.front(), next.once.front()});
    }
    bool match(const Seen& one, const Indexes& first, const Seen& next, const Indexes& second) {
        if (first.size() != second.size()) return false;
        auto& found = is_same_series(first, second) ? found_.all : found_.unsure;
        for (std::size_t k = 0; k < first.size(); ++k) {
            found.push_back({pack(one.observer, next.observer), first[k], second[k]});
        }
        return true;
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
            const auto first = reports_.time(all[0], by);
            const auto last = reports_.time(all[k], by);
            return first && last ? std::optional(*last - *first) : std::nullopt;
        };
        for (std::size_t k = 1; k < one.size(); ++k) {
            const auto here = passed(one, k, kind);
            const auto there = passed(next, k, other);
            if (!here || !there || std::abs(*here - *there) > evenly) return false;
        }
        return true;
    }

    [[nodiscard]] bool is_copy(std::uint32_t one, std::uint32_t other) const {
        if (reports_.arrival(other) - reports_.arrival(one) > duplicate) return false;
        const auto first = reports_.stamp(one);
        const auto second = reports_.stamp(other);
        return !first || !second || std::abs(*second - *first) <= duplicate;
    }

    const Reports& reports_;
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
