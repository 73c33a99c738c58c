#include "order/clocks/right_clocks.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "order/observe/limits.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A clock that is right differs from arrivals, and from other right clocks, by less than this.
constexpr Micros right_by = 20'000;
/// A host acts on another leg within this time (leg_causes.h).
constexpr Micros soon = 500'000;

class RightClockSearch {
  public:
    RightClockSearch(const Guessed& of, DisjointSets& groups)
        : of_(of), groups_(groups), count_(static_cast<std::uint32_t>(of.own.size())) {}

    RightClocks run() {
        RightClocks found;
        const auto right = right_clock();
        if (!right) return found;
        found.epoch = *right;
        std::vector<Span> spans(count_);  // by group
        std::vector<std::uint32_t> heaviest(count_, UINT32_MAX);
        std::vector<bool> in_time(count_);
        for (const std::uint32_t i : of_.by_weight) {
            const std::uint32_t group = groups_.of(i);
            for (const auto k : of_.own[i]) {
                const Micros at = of_.clocks[i].to_common(of_.timebase.times[k]);
                spans[group].first = std::min(spans[group].first, at);
                spans[group].last = std::max(spans[group].last, at);
            }
            if (of_.known[i]) in_time[group] = true;
            if (epoch(i).has_clock && heaviest[group] == UINT32_MAX) heaviest[group] = i;
        }
        const Span measure = spans[groups_.of(*right)];
        const auto violated = [&](std::uint32_t group, Micros shift) {
            Micros most = 0;       // by a cause that must be one
            std::size_t soft = 0;  // causes that need not be any
            std::size_t unfit = 0;
            for (const CausalTie& tie : of_.causal) {
                const bool cause = groups_.of(tie.cause) == group;
                const bool effect = groups_.of(tie.effect) == group;
                const auto other = groups_.of(cause ? tie.effect : tie.cause);
                if (cause == effect || other != groups_.of(*right)) continue;
                const Micros before = of_.clocks[tie.cause].to_common(tie.cause_reading) -
                                      of_.clocks[tie.effect].to_common(tie.effect_reading) +
                                      (cause ? shift : -shift);
                if (tie.hard) most = std::max(most, before);
                if (!tie.hard) ++soft;
                if (!tie.hard && (before > right_by || before < -soon)) ++unfit;
            }
            return unfit * 2 > soft ? latest_time : most;
        };
        for (std::uint32_t group = 0; group < count_; ++group) {
            const std::uint32_t own = heaviest[group];
            if (own == UINT32_MAX || in_time[group] || group == groups_.of(*right)) continue;
            const Micros shift = of_.clocks[own].offset - of_.clocks[*right].offset;
            const Span moved{spans[group].first + shift, spans[group].last + shift};
            const Span late = lateness(group, shift);
            // A log comes in batches however right its clock is.
            const bool is_late =
                epoch(own).bunched
                    ? late.last > bunch_limit
                    : violated(group, 0) > late_link || spans[group].distance(measure) > late_link;
            if (!is_late || late.first < -right_by || moved.distance(measure) > 0 ||
                violated(group, shift) > right_by) {
                continue;
            }
            found.behind.push_back({own, group, shift});
        }
        return found;
    }

  private:
    [[nodiscard]] const Epoch& epoch(std::uint32_t i) const { return of_.timebase.epochs[i]; }

    /// The epoch of a clock that arrivals show to be right, with most observations.
    [[nodiscard]] std::optional<std::uint32_t> right_clock() const {
        const auto found =
            std::find_if(of_.by_weight.begin(), of_.by_weight.end(), [&](std::uint32_t i) {
                return epoch(i).has_clock && epoch(i).prompt && !epoch(i).was_stepped &&
                       std::abs(epoch(i).ahead) <= right_by;
            });
        if (found == of_.by_weight.end()) return std::nullopt;
        return *found;
    }

    struct Span {
        Micros first = latest_time, last = -latest_time;

        [[nodiscard]] Micros distance(const Span& other) const {
            return std::max({first - other.last, other.first - last, Micros{0}});
        }
    };

    /// How late the group's reports came if it is moved forward by that.
    [[nodiscard]] Span lateness(std::uint32_t group, Micros shift) {
        Span late;
        for (std::uint32_t i = 0; i < count_; ++i) {
            if (groups_.of(i) != group || !epoch(i).has_clock) continue;
            for (const auto k : of_.own[i]) {
                const Micros at = of_.clocks[i].to_common(of_.timebase.times[k]) + shift;
                late.first = std::min(late.first, of_.observations.all[k].arrival - at);
                late.last = std::max(late.last, of_.observations.all[k].arrival - at);
            }
        }
        return late;
    }

    const Guessed& of_;
    DisjointSets& groups_;
    const std::uint32_t count_;
};

}  // namespace

RightClocks find_right_clocks(const Guessed& of, DisjointSets& groups) {
    return RightClockSearch(of, groups).run();
}

}  // namespace ci::order
