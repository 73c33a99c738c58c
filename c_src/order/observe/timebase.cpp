#include "order/observe/timebase.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <span>

#include "order/observe/limits.h"
#include "order/observe/robust_stats.h"

namespace ci::order {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
/// Only a clock that was set goes back by this much, or stamps that are not a clock's.
constexpr Micros far_back = second / 5;
/// ntpd corrects 128 ms or less gradually. A smaller step does no harm, because causes outweigh it,
/// and reports that come as much later are more usual.
constexpr Micros least_step = 125'000;
/// A log reader that is late, too, may wait longer than usual.
constexpr Micros longest_batch = 5 * second;
/// In a replay or a batch, stamps and arrivals may run at different speeds, but not by this much.
constexpr Micros span_limit = 3600 * second;
/// Stamps that jump more often than this in one dialogue are not those of a clock being set.
constexpr std::size_t steps_limit = 5;

using Indexes = std::vector<std::uint32_t>;

/// How one observer's stamps compare with its arrivals. Neighbours are consecutive stamped
/// observations.
struct Stream {
    std::size_t coarse = 0;  ///< from a log that stamps whole seconds
    std::size_t count = 0, stamped = 0, whole_seconds = 0, arrivals = 0;
    std::size_t backwards = 0;      ///< stamps clearly before the one that arrived earlier
    std::size_t close = 0;          ///< neighbours that arrived together
    std::size_t far_backwards = 0;  ///< backwards by more than a busy sender explains
    std::size_t bunched = 0;        ///< neighbours whose arrivals lie much closer than their stamps
    std::size_t spaced = 0;         ///< neighbours whose arrivals do not
    std::size_t together = 0;       ///< neighbours between which both run at one speed
    std::size_t apart = 0;          ///< neighbours between which one jumps against the other
    Micros first = latest_time, last = 0;                      ///< stamps
    Micros min_ahead = latest_time, max_ahead = -latest_time;  ///< stamp minus arrival
    Micros here = 0;  ///< from the first arrival to the last
};

Stream survey(const Observations& observations, const Indexes& own) {
    Stream stream;
    stream.count = own.size();
    stream.here = observations.all[own.back()].arrival - observations.all[own.front()].arrival;
    const Observation* before = nullptr;
    for (const auto i : own) {
        const Observation& seen = observations.all[i];
        if (seen.from_coarse_log) ++stream.coarse;
        if (!seen.stamp) continue;
        ++stream.stamped;
        if (*seen.stamp % second == 0) ++stream.whole_seconds;
        if (std::abs(*seen.stamp - seen.received) <= equal_to_arrival) ++stream.arrivals;
        const Micros ahead = *seen.stamp - seen.arrival;
        stream.min_ahead = std::min(stream.min_ahead, ahead);
        stream.max_ahead = std::max(stream.max_ahead, ahead);
        stream.first = std::min(stream.first, *seen.stamp);
        stream.last = std::max(stream.last, *seen.stamp);
        if (before != nullptr) {
            const Micros here = seen.arrival - before->arrival;
            const Micros there = *seen.stamp - *before->stamp;
            if (here < stamped_late) ++stream.close;
            if (there < -stamped_late) ++stream.backwards;
            if (there < -far_back) ++stream.far_backwards;
            if (there > 1'000 && there < second)
                ++(here * 5 < there ? stream.bunched : stream.spaced);
            const Micros same_speed = std::min(700 + here / 5, least_step);
            if (here >= 1'000 && std::abs(there - here) < same_speed) ++stream.together;
            if (std::abs(there - here) > least_step) ++stream.apart;
        }
        before = &seen;
    }
    return stream;
}

/// Stamps are in the order of arrival and never far from it, or too many for that order to be
/// chance.
bool like_a_log(const Stream& stream) {
    constexpr std::size_t many = 6;
    return stream.backwards == 0 && stream.whole_seconds < stream.stamped &&
           (stream.max_ahead - stream.min_ahead < longest_batch || stream.stamped >= many);
}

enum class Verdict { clock, none, refused };

/// `steps`: how often the clock was set; stamps may go back at each step.
Verdict judge(const Stream& stream, std::size_t steps) {
    // One stamp may be a whole second by chance.
    const bool has_fractions = stream.whole_seconds < stream.stamped || stream.stamped == 1;
    if (stream.stamped * 2 <= stream.count || !has_fractions || stream.arrivals == stream.stamped) {
        return Verdict::none;
    }
    if (steps > 0) return Verdict::clock;
    // A single delayed datagram does not discredit a good clock.
    const std::size_t few = (stream.close + 1) / 8;
    if (stream.far_backwards > few || stream.backwards > few + 1) return Verdict::refused;
    const Micros there = stream.last - stream.first;
    return std::abs(there - stream.here) <= span_limit ? Verdict::clock : Verdict::refused;
}

/// Consecutive arrivals whose stamps and arrivals run together.
struct Level {
    std::size_t begin;
    Micros ahead_first, ahead_last;  ///< stamp minus arrival, at both ends
    Micros first, last;              ///< arrivals
};

bool goes_on(const Level& before, Micros ahead, Micros arrival) {
    const Micros drifted = (arrival - before.last) / drift_divisor;
    return std::abs(ahead - before.ahead_last) <= least_step + drifted;
}

/// Removes levels of delayed messages: levels at the end that lie below an earlier level which
/// `next` continues.
void forget_delays(std::vector<Level>& levels, const Level& next) {
    for (std::size_t i = levels.size(); i-- > 0;) {
        if (goes_on(levels[i], next.ahead_first, next.first)) {
            levels.resize(i + 1);
            return;
        }
        if (levels[i].ahead_last > next.ahead_first) return;
    }
}

/// Where in `own` the clock was set. Applies to streams whose stamps and arrivals mostly run at the
/// same speed, so that the few exceptions mean something. Empty optional: too many jumps.
std::optional<std::vector<std::size_t>> find_steps(const Observations& observations,
                                                   const Indexes& own, std::size_t together) {
    std::vector<Level> levels;
    for (std::size_t k = 0; k < own.size(); ++k) {
        const Observation& seen = observations.all[own[k]];
        if (!seen.stamp) continue;
        const Micros ahead = *seen.stamp - seen.arrival;
        if (levels.empty() || !goes_on(levels.back(), ahead, seen.arrival)) {
            const Level next{k, ahead, ahead, seen.arrival, seen.arrival};
            const std::size_t known = levels.size();
            forget_delays(levels, next);
            if (levels.size() == known) levels.push_back(next);
        }
        levels.back().ahead_last = ahead;
        levels.back().last = seen.arrival;
        if (levels.size() > 64) return std::nullopt;
    }
    std::vector<std::size_t> steps;
    for (std::size_t i = 1; i < levels.size(); ++i) steps.push_back(levels[i].begin);
    const std::size_t most = std::min(steps_limit, 1 + own.size() / 6);
    if (steps.size() > most || steps.size() > together) return std::nullopt;
    return steps;
}

/// Finds a forward step of a log's clock that is larger than batches explain. The log must show
/// elsewhere that its stamps run at the collector's speed, so that it is not replayed faster.
std::vector<std::size_t> find_log_leap(const Observations& observations, const Indexes& own) {
    std::vector<std::size_t> leaps;
    bool keeps_time = false;
    const Observation* before = nullptr;
    for (std::size_t k = 0; k < own.size(); ++k) {
        const Observation& seen = observations.all[own[k]];
        if (!seen.stamp) continue;
        if (before != nullptr) {
            const Micros here = seen.arrival - before->arrival;
            const Micros leap = *seen.stamp - *before->stamp - here;
            if (leap > longest_batch) leaps.push_back(k);
            keeps_time = keeps_time || (here > second && std::abs(leap) < 2 * second + second / 2);
        }
        before = &seen;
    }
    if (leaps.size() != 1 || !keeps_time) leaps.clear();
    return leaps;
}

/// Where a log's clock was set. Lines stand in the order in which they were written, so stamps that
/// go back and stay there show that the clock went back.
std::vector<std::size_t> find_log_steps(const Observations& observations, const Indexes& own) {
    std::vector<std::size_t> steps;
    const Observation* highest = nullptr;
    // After a long pause a stamp may exceed the highest again, but by less than the time that
    // passed.
    const auto is_below = [&](const Observation& seen) {
        if (!seen.stamp || *seen.stamp < *highest->stamp) return true;
        return *seen.stamp - *highest->stamp < seen.arrival - highest->arrival - longest_batch;
    };
    for (std::size_t k = 0; k < own.size(); ++k) {
        const Observation& seen = observations.all[own[k]];
        if (!seen.stamp) continue;
        bool stays = highest != nullptr && *seen.stamp < *highest->stamp - least_step;
        for (std::size_t next = k + 1; stays && next < std::min(own.size(), k + 3); ++next) {
            stays = is_below(observations.all[own[next]]);
        }
        if (stays) steps.push_back(k);
        if (stays || highest == nullptr || *seen.stamp > *highest->stamp) highest = &seen;
    }
    if (steps.size() > steps_limit) steps.clear();
    if (steps.empty()) steps = find_log_leap(observations, own);
    return steps;
}

/// Whether the stamps, apart from one step, are those of a log: never far from arrivals. Stamps
/// that are right to the second and random below do not jump as far.
bool is_set_log(const Observations& observations, const Indexes& own, std::size_t set_with) {
    Micros least[2] = {latest_time, latest_time};
    Micros most[2] = {-latest_time, -latest_time};
    for (std::size_t k = 0; k < own.size(); ++k) {
        const Observation& seen = observations.all[own[k]];
        if (!seen.stamp) continue;
        const std::size_t part = k < set_with ? 0 : 1;
        least[part] = std::min(least[part], *seen.stamp - seen.arrival);
        most[part] = std::max(most[part], *seen.stamp - seen.arrival);
    }
    return most[0] - least[0] < longest_batch && most[1] - least[1] < longest_batch &&
           least[0] - most[1] > 2 * second;
}

/// `epoch`: its members that this function does not compute are set.
void add_epoch(const Observations& observations, std::span<const std::uint32_t> own, Epoch epoch,
               Timebase& timebase) {
    const bool clock = epoch.has_clock;
    std::vector<Micros> ahead;
    for (const auto i : own) {
        const Observation& seen = observations.all[i];
        if (seen.stamp) ahead.push_back(*seen.stamp - seen.arrival);
    }
    const Micros usual = clock ? median(ahead) : 0;
    epoch.ahead = usual;
    const Observation& middle = observations.all[own[own.size() / 2]];
    epoch.arrived = middle.arrival > 0;
    epoch.stamp = clock ? middle.arrival + usual : 0;
    for (const auto i : own) {
        const Observation& seen = observations.all[i];
        const Micros arrived = seen.arrival + usual;  // for the few without a stamp
        timebase.times[i] = clock ? seen.stamp.value_or(arrived) : seen.arrival;
        timebase.epoch[i] = static_cast<std::uint32_t>(timebase.epochs.size());
    }
    epoch.observations = static_cast<std::uint32_t>(own.size());
    timebase.epochs.push_back(epoch);
}

}  // namespace

Timebase find_timebase(const Observations& observations, const std::vector<bool>& refuted) {
    // Observations are sorted by arrival, and so is each observer's share of them.
    std::vector<Indexes> shares(observations.observers.size());
    for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
        shares[observations.all[i].observer].push_back(i);
    }

    Timebase timebase;
    timebase.times.resize(observations.all.size());
    timebase.epoch.resize(observations.all.size());
    timebase.late.resize(observations.all.size());
    for (std::uint32_t observer = 0; observer < shares.size(); ++observer) {
        const Indexes& own = shares[observer];
        if (own.empty()) {
            timebase.refused.push_back(false);
            continue;
        }
        const Stream stream = survey(observations, own);
        bool bunched = stream.bunched > stream.spaced;
        std::vector<std::size_t> steps;
        bool jumps = false;
        if (!bunched && stream.stamped * 2 > own.size()) {
            const auto found = find_steps(observations, own, stream.together);
            jumps = !found && stream.together > 0;
            if (found && stream.together > stream.apart) steps = *found;
            // Many apparent steps are a log's arrivals that pause now and then: no clock is set
            // that often.
            if ((!found || steps.size() > 1) && like_a_log(stream)) {
                bunched = true;
                jumps = false;
                steps.clear();
            }
        }
        if (bunched) {
            steps = find_log_steps(observations, own);
            if (steps.size() != 1 || stream.backwards != 1 ||
                !is_set_log(observations, own, steps.front())) {
                steps.clear();
            }
        }
        Verdict verdict = judge(stream, steps.size());
        if (verdict == Verdict::clock && jumps) verdict = Verdict::refused;
        if (!refuted.empty() && refuted[observer]) verdict = Verdict::refused;
        if (verdict == Verdict::clock && bunched) steps = find_log_steps(observations, own);
        if (verdict != Verdict::clock) steps.clear();
        // Compared with stamps that are not a clock's, any arrivals look bunched.
        if (verdict == Verdict::refused && stream.backwards > 1) bunched = false;
        // Its stamps are too coarse to show how its arrivals were bunched.
        if (stream.coarse > 0 && verdict != Verdict::clock) bunched = true;
        timebase.refused.push_back(verdict == Verdict::refused);
        std::size_t begin = 0;
        for (std::size_t cut = 0; cut <= steps.size(); ++cut) {
            const std::size_t end = cut < steps.size() ? steps[cut] : own.size();
            const auto part = std::span(own).subspan(begin, end - begin);
            add_epoch(observations, part,
                      {observer, verdict == Verdict::clock, !steps.empty(), bunched,
                       !bunched && stream.together > stream.apart},
                      timebase);
            begin = end;
        }
    }
    return timebase;
}

Timebase split_at_steps(const Observations& observations, const Timebase& timebase,
                        std::vector<std::uint32_t> steps) {
    std::sort(steps.begin(), steps.end());
    std::vector<Indexes> shares(timebase.epochs.size());
    for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
        shares[timebase.epoch[i]].push_back(i);
    }
    Timebase result = timebase;
    result.epochs.clear();
    for (std::uint32_t old = 0; old < shares.size(); ++old) {
        const auto own = std::span<const std::uint32_t>(shares[old]);
        const Epoch& epoch = timebase.epochs[old];
        std::size_t begin = 0;
        while (begin < own.size()) {
            std::size_t end = begin + 1;
            while (end < own.size() && !std::binary_search(steps.begin(), steps.end(), own[end])) {
                ++end;
            }
            Epoch part = epoch;
            part.was_stepped = epoch.was_stepped || end - begin < own.size();
            add_epoch(observations, own.subspan(begin, end - begin), part, result);
            begin = end;
        }
    }
    return result;
}

}  // namespace ci::order
