#include "order/clocks/hidden_steps.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <span>
#include <utility>

#include "order/clocks/shared_messages.h"
#include "order/observe/limits.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A jump by more than this and by more than a clock drifts in the time between is a step.
constexpr Micros hidden_step = 100'000;

/// If all observers together show this many jumps, they are not steps.
constexpr std::size_t max_jumps = 256;

/// A clock was set at one of the observations after `from`, up to `to`.
struct Step {
    std::uint32_t from, to;
    Micros jump;
};

/// By how much a log is ahead of another observer, according to one message that both saw.
struct Tied {
    std::uint32_t own = 0, other = 0;  ///< observations
    Micros ahead = 0;
};

/// Finds jumps between two epochs' stamps of the same messages, in the order of the log. Each
/// direction is looked at alone, or else latency would look like a jump. `is_own`: whether a jump
/// is this log's.
template <class IsOwn>
void find_jumps(std::span<const SharedMessage> pair, bool by_second, const Timebase& timebase,
                const IsOwn& is_own, std::vector<Step>& steps) {
    for (const bool up : {false, true}) {
        std::vector<Tied> ties;
        for (const SharedMessage& one : pair) {
            if (one.up != up) continue;
            ties.push_back(by_second ? Tied{one.second_seen, one.first_seen, one.difference()}
                                     : Tied{one.first_seen, one.second_seen, -one.difference()});
        }
        std::sort(ties.begin(), ties.end(),
                  [](const Tied& a, const Tied& b) { return a.own < b.own; });
        for (std::size_t k = 1; k < ties.size(); ++k) {
            const std::uint32_t from = ties[k - 1].own;
            const std::uint32_t to = ties[k].own;
            const Micros jump = ties[k].ahead - ties[k - 1].ahead;
            const Micros gap = std::abs(timebase.times[to] - timebase.times[from]);
            if (std::abs(jump) <= hidden_step + gap / drift_divisor) continue;
            if (!is_own(ties[k - 1], ties[k], jump)) continue;
            if (steps.size() >= max_jumps) return;
            const auto same = std::find_if(steps.begin(), steps.end(), [=](auto& known) {
                return (known.jump > 0) == (jump > 0) && known.from < to && from < known.to;
            });
            if (same == steps.end()) {
                steps.push_back({from, to, jump});
            } else {
                same->from = std::max(same->from, from);
                same->to = std::min(same->to, to);
            }
        }
    }
}

/// The observation at which the step shows most. A step larger than batches explain shows against
/// arrivals. A smaller step forward shows as a pause between stamps, a smaller step back as stamps
/// that go back. A pause can hide the step; then the longest pause is the likeliest place.
std::uint32_t place(const Step& step, const Observations& observations, const Timebase& timebase) {
    std::uint32_t at = step.to;
    std::uint32_t before = step.from;
    Micros most = std::numeric_limits<Micros>::min();
    for (std::uint32_t i = step.from + 1; i <= step.to; ++i) {
        if (timebase.epoch[i] != timebase.epoch[step.to]) continue;
        const Micros there = timebase.times[i] - timebase.times[before];
        const Micros here = observations.all[i].arrival - observations.all[before].arrival;
        Micros shows = there;
        if (std::abs(step.jump) > usual_batch) {
            shows = step.jump > 0 ? there - here : here - there;
        } else if (step.jump < 0 && there < step.jump / 2) {
            shows = latest_time - there;
        }
        if (shows > most) {
            most = shows;
            at = i;
        }
        before = i;
    }
    return at;
}

}  // namespace

std::vector<std::uint32_t> find_hidden_steps(const Observations& observations,
                                             const Timebase& timebase, const Sightings& sightings) {
    const auto common = find_shared_messages(observations, timebase, sightings);
    const auto is_log = [&](std::uint32_t i) {
        return timebase.epochs[i].has_clock && timebase.epochs[i].bunched;
    };
    const auto is_measure = [&](std::uint32_t i) {
        return timebase.epochs[i].has_clock || !timebase.epochs[i].bunched;
    };
    // Of two logs, the step belongs to the one that jumps against its own arrivals, as far as
    // batches let that show.
    const auto moved = [&](std::uint32_t from, std::uint32_t to) {
        return (timebase.times[to] - observations.all[to].arrival) -
               (timebase.times[from] - observations.all[from].arrival);
    };
    const auto any = [](const Tied&, const Tied&, Micros) { return true; };
    const auto rather_own = [&](const Tied& before, const Tied& after, Micros jump) {
        return std::abs(moved(before.own, after.own) - jump) <=
               std::abs(moved(before.other, after.other) + jump);
    };
    std::vector<std::uint32_t> found;
    std::size_t jumps = 0;
    const auto find = [&](std::span<const SharedMessage> pair, bool by_second, const auto& is_own) {
        std::vector<Step> steps;
        if (jumps < max_jumps) find_jumps(pair, by_second, timebase, is_own, steps);
        jumps += steps.size();
        if (jumps >= max_jumps) return;
        for (const Step& step : steps) found.push_back(place(step, observations, timebase));
    };
    for_each_pair(common, [&](std::span<const SharedMessage> pair) {
        const auto [first, second] = std::pair(pair.front().first, pair.front().second);
        if (is_log(first) && is_log(second)) {
            find(pair, true, rather_own);
            find(pair, false, rather_own);
        } else if (is_log(second) && is_measure(first)) {
            find(pair, true, any);
        } else if (is_log(first) && is_measure(second)) {
            find(pair, false, any);
        }
    });
    constexpr std::size_t steps_limit = 5;
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    if (found.size() > steps_limit || jumps >= max_jumps) found.clear();
    return found;
}

}  // namespace ci::order
