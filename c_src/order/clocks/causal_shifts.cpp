#include "order/clocks/causal_shifts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "order/observe/interner.h"
#include "order/observe/limits.h"

namespace ci::order {
namespace {

using wire::Micros;

/// By how much the second group may be moved forward against the first.
struct Bounds {
    std::uint32_t first = 0, second = 0;
    Micros least = -latest_time, most = latest_time;

    [[nodiscard]] bool is_closed() const { return least != -latest_time && most != latest_time; }
};

class CausalShifts {
  public:
    CausalShifts(const Timebase& timebase, std::span<const CausalTie> causal,
                 std::vector<FittedClock>& clocks, DisjointSets& groups, std::vector<bool>& late)
        : timebase_(timebase), causal_(causal), clocks_(clocks), groups_(groups), late_(late) {}

    /// A group with bounds on both sides moves to their middle. Each round looks at all ties, so
    /// the number of rounds is limited.
    void run() {
        constexpr std::size_t looks = 4'000'000;
        const std::size_t count = clocks_.size();
        const std::size_t rounds =
            std::min(count, std::max<std::size_t>(looks / (count + causal_.size() + 1), 2));
        for (std::size_t round = 0; round <= rounds; ++round) {
            const auto all = bound_groups();
            for (const Bounds& bounds : all) find_late(bounds);
            const Bounds* best = nullptr;
            for (const Bounds& bounds : all) {
                if (!bounds.is_closed()) continue;
                if (best == nullptr || bounds.most - bounds.least < best->most - best->least) {
                    best = &bounds;
                }
            }
            if (best == nullptr || round == rounds) return shift_the_others(all);
            const Micros middle = best->least + (best->most - best->least) / 2;
            Shifts shifts(*this);
            shifts.second(*best, middle);
            shifts.apply();
            groups_.join(best->first, best->second);
        }
    }

  private:
    /// The bounds of each pair of groups, in the order of the ties.
    std::vector<Bounds> bound_groups() {
        std::vector<Bounds> all;
        KeyMap<std::size_t> known;
        for (const CausalTie& tie : causal_) {
            const auto a = groups_.of(tie.cause);
            const auto b = groups_.of(tie.effect);
            if (a == b) continue;
            // By how much b must at least be moved forward against a.
            const Micros before = clocks_[tie.cause].to_common(tie.cause_reading) -
                                  clocks_[tie.effect].to_common(tie.effect_reading);
            const auto [at, is_new] =
                known.emplace(Key{pack_unordered(a, b), 0, 0, 0, 0}, all.size());
            if (is_new) all.push_back({std::min(a, b), std::max(a, b)});
            Bounds& bounds = all[*at];
            if (a < b) {
                bounds.least = std::max(bounds.least, before);
            } else {
                bounds.most = std::min(bounds.most, -before);
            }
        }
        return all;
    }

    /// The arrivals of one group contradict causes: those of the causes came late.
    void find_late(const Bounds& bounds) {
        const std::uint32_t late = bounds.least > late_link   ? bounds.first
                                   : bounds.most < -late_link ? bounds.second
                                                              : UINT32_MAX;
        for (std::uint32_t i = 0; i < clocks_.size(); ++i) {
            if (groups_.of(i) == late) late_[i] = true;
        }
    }
    [[nodiscard]] bool is_prompt(std::uint32_t i) const {
        return timebase_.epochs[i].prompt && !late_[i];
    }

    void shift_the_others(std::span<const Bounds> all) {
        Shifts shifts(*this);
        for (const Bounds& bounds : all) {
            if (bounds.least > 0) shifts.second(bounds, bounds.least + usual_delay);
            if (bounds.most < 0) shifts.second(bounds, bounds.most - usual_delay);
        }
        shifts.apply();
    }

    /// Collects shifts of groups against each other and applies them at once.
    class Shifts {
      public:
        explicit Shifts(CausalShifts& of)
            : of_(of), prompt_(of.clocks_.size()), by_(of.clocks_.size()) {
            for (std::uint32_t i = 0; i < of.clocks_.size(); ++i) {
                if (of.is_prompt(i)) prompt_[of.groups_.of(i)] = true;
            }
        }
        /// Shifts the second group against the first. A group whose arrivals are prompt stays in
        /// place if the other's are not.
        void second(const Bounds& bounds, Micros shift) {
            if (prompt_[bounds.second] && !prompt_[bounds.first]) {
                add(by_[bounds.first], -shift);
            } else {
                add(by_[bounds.second], shift);
            }
        }
        void apply() {
            for (std::uint32_t i = 0; i < of_.clocks_.size(); ++i) {
                const Micros offset = of_.clocks_[i].offset - by_[of_.groups_.of(i)];
                of_.clocks_[i].offset = std::clamp(offset, -2 * latest_time, 2 * latest_time);
            }
        }

      private:
        static void add(Micros& to, Micros shift) {
            to = std::clamp(to + shift, -2 * latest_time, 2 * latest_time);
        }

        CausalShifts& of_;
        std::vector<bool> prompt_;  ///< by group
        std::vector<Micros> by_;
    };

    const Timebase& timebase_;
    std::span<const CausalTie> causal_;
    std::vector<FittedClock>& clocks_;
    DisjointSets& groups_;
    std::vector<bool>& late_;
};

}  // namespace

void shift_by_causes(const Timebase& timebase, std::span<const CausalTie> causal,
                     std::vector<FittedClock>& clocks, DisjointSets& groups,
                     std::vector<bool>& late) {
    CausalShifts(timebase, causal, clocks, groups, late).run();
}

}  // namespace ci::order
