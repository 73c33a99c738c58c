#include "dialog/reading.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <span>

namespace ci::dialog {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
/// Senders stamp late by up to 50 ms when busy, and datagrams overtake each other by less than
/// this.
constexpr Micros disorder = second / 5;
constexpr Micros equal_to_arrival = 20;
/// Stamps and arrivals may pass at different speeds in a replay or a batch, but not by this much.
constexpr Micros span_limit = 3600 * second;
/// Quartz drifts by less than one part in this many.
constexpr Micros drift_divisor = 3000;
/// A clock that jumps more often than this in one dialogue is not being set.
constexpr std::size_t settings_limit = 5;

using Indexes = std::vector<std::uint32_t>;

/// True if more than one in eight stamps lies before one that arrived earlier. A single datagram
/// that was held up does not make a good clock bad.
bool runs_backwards(const Observations& observations, const Indexes& own) {
    Micros highest = 0;
    std::size_t behind = 0;
    for (const auto i : own) {
        const auto& stamp = observations.all[i].stamp;
        if (!stamp) continue;
        if (highest - *stamp > disorder) ++behind;
        highest = std::max(highest, *stamp);
    }
    return behind > own.size() / 8;
}

enum class Verdict { clock, none, refused };

Verdict judge(const Observations& observations, const Indexes& own) {
    std::size_t stamped = 0;
    std::size_t whole_seconds = 0;
    std::size_t arrivals = 0;
    Micros first = latest_time;
    Micros last = 0;
    for (const auto i : own) {
        const Observation& seen = observations.all[i];
        if (!seen.stamp) continue;
        ++stamped;
        if (*seen.stamp % second == 0) ++whole_seconds;
        if (std::abs(*seen.stamp - seen.arrival) <= equal_to_arrival) ++arrivals;
        first = std::min(first, *seen.stamp);
        last = std::max(last, *seen.stamp);
    }
    if (stamped * 2 <= own.size() || whole_seconds == stamped || arrivals == stamped) {
        return Verdict::none;
    }
    const Micros here =
        observations.all[own.back()].arrival - observations.all[own.front()].arrival;
    const bool same_speed = std::abs((last - first) - here) <= span_limit;
    return same_speed && !runs_backwards(observations, own) ? Verdict::clock : Verdict::refused;
}

/// Where in `own` the clock was set, in an ordinary stream: one whose stamps and arrivals mostly
/// pass at the same speed, so that the few places where they do not mean something.
std::vector<std::size_t> find_settings(const Observations& observations, const Indexes& own) {
    std::vector<std::size_t> settings;
    std::size_t together = 0;
    for (std::size_t k = 1; k < own.size(); ++k) {
        const Observation& before = observations.all[own[k - 1]];
        const Observation& seen = observations.all[own[k]];
        if (!before.stamp || !seen.stamp) return {};
        const Micros here = seen.arrival - before.arrival;
        const Micros there = *seen.stamp - *before.stamp;
        if (std::abs(there - here) > disorder + here / drift_divisor) {
            settings.push_back(k);
        } else if (here > disorder) {
            ++together;
        }
    }
    if (settings.size() > settings_limit || settings.size() > together) return {};
    return settings;
}

void add_stretch(const Observations& observations, std::span<const std::uint32_t> own, bool clock,
                 Readings& readings) {
    std::vector<Micros> ahead;
    for (const auto i : own) {
        const Observation& seen = observations.all[i];
        if (seen.stamp) ahead.push_back(*seen.stamp - seen.arrival);
    }
    const Micros usual = clock ? median(ahead) : 0;
    for (const auto i : own) {
        const Observation& seen = observations.all[i];
        const Micros arrived = seen.arrival + usual;  // the few that have no stamp
        readings.times[i] = clock ? seen.stamp.value_or(arrived) : seen.arrival;
        readings.stretch[i] = static_cast<std::uint32_t>(readings.stretches.size());
    }
    readings.stretches.push_back({observations.all[own.front()].observer, clock, false,
                                  static_cast<std::uint32_t>(own.size())});
}

}  // namespace

Micros median(std::vector<Micros>& values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1) return *middle;
    const Micros below = *std::max_element(values.begin(), middle);
    return below + (*middle - below) / 2;
}

Readings read_clocks(const Observations& observations) {
    // Observations stand in order of arrival, and so does each observer's share of them.
    std::vector<Indexes> shares(observations.observers.size());
    for (std::uint32_t i = 0; i < observations.all.size(); ++i) {
        shares[observations.all[i].observer].push_back(i);
    }

    Readings readings;
    readings.times.resize(observations.all.size());
    readings.stretch.resize(observations.all.size());
    for (std::uint32_t observer = 0; observer < shares.size(); ++observer) {
        const Indexes& own = shares[observer];
        Verdict verdict = judge(observations, own);
        std::vector<std::size_t> settings;
        if (verdict != Verdict::none) settings = find_settings(observations, own);
        // Stretches go along with the arrivals by the way they are found: no need to judge them.
        if (!settings.empty()) verdict = Verdict::clock;
        readings.refused.push_back(verdict == Verdict::refused);
        readings.chunks.push_back(static_cast<std::uint32_t>(own.size()));
        std::size_t begin = 0;
        for (std::size_t cut = 0; cut <= settings.size(); ++cut) {
            const std::size_t end = cut < settings.size() ? settings[cut] : own.size();
            const auto part = std::span(own).subspan(begin, end - begin);
            add_stretch(observations, part, verdict == Verdict::clock, readings);
            readings.stretches.back().was_set = !settings.empty();
            begin = end;
        }
    }
    return readings;
}

}  // namespace ci::dialog
