#include "order/clocks/clock_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "order/observe/limits.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

/// The scales of two passes. `from_wide` starts wide, so that a poor first guess still finds its
/// ties. `from_guess` trusts the first guess, in case many stamps are late. The better fit counts.
constexpr double from_wide[] = {1000, 300, 100, 30, 10, 5, 4, 4, 4, 4, 4, 4};
constexpr double from_guess[] = {10, 5, 4, 4, 4, 4, 4, 4};
constexpr double narrow = 4;
/// Quartz drifts by some tens of ppm.
constexpr double usual_drift = 1e-4;
constexpr double drift_limit = 400e-6;
constexpr double drift_known = 1e-5;
/// The delay from a sender to the collector, in microseconds: how it differs between
/// senders, and how it varies between messages.
constexpr double delay_differs = 2000;
constexpr double delay_varies = 1000;
constexpr double few_arrivals = 2;
/// A stamp that its effects show to be late is late by about this.
constexpr double usual_lateness = 2000;
/// The greatest jitter of a path that still counts.
constexpr double widest = 20'000;

double weight(double rest, double deviation, double scale) {
    const double far = rest / (deviation * scale);
    return 1 / (deviation * deviation * (1 + far * far));
}

/// Normal equations of offset, drift and delay.
class Normal {
  public:
    /// row · unknowns = value
    void add(const std::array<double, 3>& row, double value, double weight) {
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = 0; j < 3; ++j) left_[i][j] += weight * row[i] * row[j];
            right_[i] += weight * row[i] * value;
        }
    }
    /// Gaussian elimination; the priors make the matrix positive definite.
    std::array<double, 3> solve() {
        for (std::size_t i = 0; i < 3; ++i) {
            for (std::size_t j = i + 1; j < 3; ++j) {
                const double factor = left_[j][i] / left_[i][i];
                for (std::size_t k = i; k < 3; ++k) left_[j][k] -= factor * left_[i][k];
                right_[j] -= factor * right_[i];
            }
        }
        std::array<double, 3> unknowns{};
        for (std::size_t i = 3; i-- > 0;) {
            double rest = right_[i];
            for (std::size_t k = i + 1; k < 3; ++k) rest -= left_[i][k] * unknowns[k];
            unknowns[i] = rest / left_[i][i];
        }
        return unknowns;
    }

  private:
    std::array<std::array<double, 3>, 3> left_{};
    std::array<double, 3> right_{};
};

class Fit {
  public:
    Fit(std::vector<FittedClock>& clocks, Evidence& evidence)
        : clocks_(clocks),
          evidence_(evidence),
          ties_of_(clocks.size()),
          arrived_of_(clocks.size()),
          known_of_(clocks.size(), nullptr) {
        for (const Tie& tie : evidence.ties) {
            ties_of_[tie.first].push_back(&tie);
            ties_of_[tie.second].push_back(&tie);
        }
        for (const Arrived& one : evidence.arrived) arrived_of_[one.clock].push_back(&one);
        for (const Known& one : evidence.known) {
            known_of_[one.clock] = &one;
            clocks_[one.clock].drift = one.drift;
        }
        state_.offset.assign(clocks.size(), 0);
        for (const FittedClock& clock : clocks) state_.drift.push_back(clock.drift);
        state_.delay.assign(clocks.size(), usual_delay);
        state_.usual.assign(evidence.passages.size(), 0);
        for (const Passage& passage : evidence.passages) state_.took.push_back(passage.expected);
    }

    void run() {
        const State guess = state_;
        sweep(from_guess);
        const State first = state_;
        const double misfit = this->misfit();
        state_ = guess;
        sweep(from_wide);
        if (misfit <= this->misfit()) state_ = first;
        for (std::size_t i = 0; i < clocks_.size(); ++i) {
            clocks_[i].drift = state_.drift[i];
            clocks_[i].spread = spread(i);
        }
        for (std::size_t i = 0; i < clocks_.size(); ++i) {
            clocks_[i].offset += std::llround(state_.offset[i]);
        }
        for (std::size_t p = 0; p < evidence_.passages.size(); ++p) {
            evidence_.passages[p].took = state_.took[p];
        }
    }

  private:
    struct State {
        std::vector<double> offset;  // added to FittedClock::offset
        std::vector<double> drift, delay;
        std::vector<double> took, usual;  // by path
    };

    template <std::size_t count>
    void sweep(const double (&scales)[count]) {
        for (const double scale : scales) {
            if (scale < 50) widen();
            pass(scale);
            for (std::size_t i = 0; i < clocks_.size(); ++i) solve(i, scale);
        }
    }

    /// Cauchy's measure of the misfit of all evidence.
    [[nodiscard]] double misfit() const {
        const auto cost = [](double rest, double deviation) {
            const double far = rest / (deviation * narrow);
            return std::log1p(far * far);
        };
        // One clock that reads late now and then is likelier than two.
        std::vector<std::array<double, 2>> late(state_.took.size());
        for (const Tie& tie : evidence_.ties) {
            const double off = rest(tie);
            late[tie.path][off > 0 ? 1 : 0] += cost(off, own_deviation(tie, off));
        }
        double sum = 0;
        for (const auto& [first, second] : late) sum += first + second + std::min(first, second);
        // A link that is late delays all its reports: as many of them tell no more than a few.
        for (std::size_t i = 0; i < clocks_.size(); ++i) {
            double own = 0;
            for (const Arrived* one : arrived_of_[i]) {
                const double took =
                    static_cast<double>(one->arrival - origin()) - common(i, one->reading);
                own += cost(took - state_.delay[i], delay_varies);
            }
            const auto count = static_cast<double>(arrived_of_[i].size());
            if (count > 0) sum += own * std::min(1.0, few_arrivals / count);
        }
        for (std::size_t p = 0; p < state_.took.size(); ++p) {
            const Passage& passage = evidence_.passages[p];
            sum += cost(state_.took[p] - passage.expected, passage.deviation);
        }
        for (std::size_t i = 0; i < clocks_.size(); ++i) {
            const double usual = known_of_[i] != nullptr ? known_of_[i]->drift : 0;
            const double deviation = known_of_[i] != nullptr ? drift_known : usual_drift;
            sum += square((state_.drift[i] - usual) / deviation) / (narrow * narrow);
        }
        return sum;
    }

    [[nodiscard]] double common(std::size_t i, Micros reading) const {
        const FittedClock& clock = clocks_[i];
        return static_cast<double>(reading - clock.offset - origin()) - state_.offset[i] -
               state_.drift[i] * static_cast<double>(reading - clock.pivot);
    }
    /// Times relative to this are small enough for doubles to be exact to a microsecond.
    [[nodiscard]] Micros origin() const { return clocks_.front().pivot - clocks_.front().offset; }

    /// By how much more time passed between the two readings than the tie's latency explains.
    [[nodiscard]] double rest(const Tie& tie) const {
        return common(tie.second, tie.second_reading) - common(tie.first, tie.first_reading) -
               tie.direction * state_.took[tie.path];
    }

    void solve(std::size_t i, double scale) {
        const FittedClock& clock = clocks_[i];
        Normal normal;
        const double drift_deviation = known_of_[i] != nullptr ? drift_known : usual_drift;
        const double drift = known_of_[i] != nullptr ? known_of_[i]->drift : 0;
        normal.add({0, 1, 0}, drift * per_second,
                   1 / square((clock.steady ? drift_deviation : 1e-12) * per_second));
        normal.add({0, 0, 1}, usual_delay, 1 / square(delay_differs));
        // A tiny weight, so that a solution exists if nothing ties the clock.
        normal.add({1, 0, 0}, state_.offset[i], 1e-18);
        for (const Tie* tie : ties_of_[i]) {
            const bool first = tie->first == i;
            const Micros reading = first ? tie->first_reading : tie->second_reading;
            const double off = rest(*tie);
            // By how much later this clock should read for the tie to fit.
            const double wanted = first ? -off : off;
            add(normal, i, reading, {1, 0}, here(i, reading) + wanted,
                weight(off, deviation(*tie, off), scale));
        }
        for (const Arrived* one : arrived_of_[i]) {
            const double took =
                static_cast<double>(one->arrival - origin()) - common(i, one->reading);
            if (clock.steady) {
                add(normal, i, one->reading, {1, -1}, here(i, one->reading) - took,
                    weight(took - state_.delay[i], delay_varies, scale));
            }
        }
        if (!clock.steady) normal.add({1, 0, 0}, usual_delay - base(i), 1 / square(delay_differs));
        if (known_of_[i] != nullptr) {
            const Known& known = *known_of_[i];
            const double wanted = static_cast<double>(known.offset - clock.offset);
            add(normal, i, known.reading, {1, 0}, wanted,
                weight(here(i, known.reading) - wanted, known.deviation, scale));
        }
        const auto [offset, drifted, delay] = normal.solve();
        state_.offset[i] = offset;
        state_.drift[i] = std::clamp(drifted / per_second, -drift_limit, drift_limit);
        state_.delay[i] = std::max(delay, 0.0);
    }

    /// The offset minus the first guess, at a reading.
    [[nodiscard]] double here(std::size_t i, Micros reading) const {
        return state_.offset[i] + state_.drift[i] * static_cast<double>(reading - clocks_[i].pivot);
    }
    [[nodiscard]] double base(std::size_t i) const {
        return static_cast<double>(clocks_[i].offset);
    }

    /// offset + drift * time (+ delay) = value
    void add(Normal& normal, std::size_t i, Micros reading, std::array<double, 2> offset_and_delay,
             double value, double weight) const {
        const double time = static_cast<double>(reading - clocks_[i].pivot) / per_second;
        normal.add({offset_and_delay[0], time, offset_and_delay[1]}, value, weight);
    }

    /// Paths differ in jitter, so a tie is as exact as the others of its path.
    void widen() {
        std::vector<std::vector<Micros>> rests(evidence_.passages.size());
        for (const Tie& tie : evidence_.ties) {
            rests[tie.path].push_back(std::llround(std::abs(rest(tie))));
        }
        for (std::size_t p = 0; p < rests.size(); ++p) {
            // A low quantile, because some stamps are late.
            state_.usual[p] = std::min(static_cast<double>(quantile(rests[p], 0.3)), widest);
        }
    }
    [[nodiscard]] double deviation(const Tie& tie, double off) const {
        return std::max(own_deviation(tie, off), state_.usual[tie.path]);
    }
    /// A late reading is only an upper bound, so its tie counts little.
    static double own_deviation(const Tie& tie, double off) {
        const bool is_late = off > 0 ? tie.second_late : tie.first_late;
        return is_late ? std::max(tie.deviation, usual_lateness) : tie.deviation;
    }

    void pass(double scale) {
        std::vector<double> above(evidence_.passages.size());
        std::vector<double> below(evidence_.passages.size());
        for (const Tie& tie : evidence_.ties) {
            const double off = rest(tie);
            const double took = state_.took[tie.path] + off * tie.direction;
            const double heavy = weight(off, deviation(tie, off), scale);
            above[tie.path] += heavy * took;
            below[tie.path] += heavy;
        }
        for (std::size_t p = 0; p < above.size(); ++p) {
            const Passage& passage = evidence_.passages[p];
            const double prior = weight(state_.took[p] - passage.expected, passage.deviation, 1);
            state_.took[p] = (above[p] + prior * passage.expected) / (below[p] + prior);
            if (passage.is_directed) state_.took[p] = std::clamp(state_.took[p], 0.0, passage.most);
        }
    }

    [[nodiscard]] Micros spread(std::size_t i) const {
        std::vector<Micros> rests;
        for (const Tie* tie : ties_of_[i]) rests.push_back(std::llround(std::abs(rest(*tie))));
        return median(rests);
    }

    static double square(double value) { return value * value; }
    static constexpr double per_second = 1e6;  // drift is solved for in microseconds per second

    std::vector<FittedClock>& clocks_;
    Evidence& evidence_;
    State state_;
    std::vector<std::vector<const Tie*>> ties_of_;
    std::vector<std::vector<const Arrived*>> arrived_of_;
    std::vector<const Known*> known_of_;
};

}  // namespace

void fit(std::vector<FittedClock>& clocks, Evidence& evidence) {
    if (!clocks.empty()) Fit(clocks, evidence).run();
}

}  // namespace ci::order
