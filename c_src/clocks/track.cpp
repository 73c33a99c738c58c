#include "clocks/track.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace ci::clocks {
namespace {

using wire::Micros;

/// After this time a sample counts for about a third: a crystal's drift follows the room's
/// temperature.
constexpr double forgotten_after = 1'800e6;
/// The usual drift is assumed until samples show more.
constexpr double usual_drift = 1e-4;
/// A sample is far off only if it is off by this many times the usual deviation.
constexpr double far_times = 8;

Micros rounded(double value) {
    constexpr double limit = 9e15;
    return static_cast<Micros>(std::llround(std::clamp(value, -limit, limit)));
}

double far(double deviation) {
    return std::max(static_cast<double>(far_off), far_times * deviation);
}

}  // namespace

double Track::drift() const {
    const double noise = std::max(deviation, 100.0) / usual_drift;
    const double found = slope / (time_spread + noise * noise);
    return std::clamp(found, -drift_limit, drift_limit);
}

Micros Track::at(Micros when) const {
    return base + rounded(value + drift() * (static_cast<double>(when - origin) - time));
}

Micros Track::spread() const {
    return std::max<Micros>(1, rounded(deviation));
}

void Track::begin(Micros when, Micros sample) {
    *this = Track{};
    origin = since = last = when;
    base = sample;
    weight = 1;
    count = 1;
}

void Track::add(Micros when, Micros sample) {
    if (count == 0) return begin(when, sample);
    const double off = static_cast<double>(sample - at(when));
    if (std::abs(off) > far(deviation)) {
        const bool agrees = strangers > 0 && std::abs(sample - stranger) <= far_off;
        if (!agrees) stranger_since = when;
        strangers = agrees ? strangers + 1 : 1;
        stranger = sample;
        if (strangers < samples_for_a_jump) return;
        const Micros jumped = stranger_since;
        begin(when, sample);
        since = jumped;
        return;
    }
    strangers = 0;
    const double now = static_cast<double>(when - origin);
    const double passed = std::max(0.0, static_cast<double>(when - last));
    const double kept = std::exp(-passed / forgotten_after);
    last = std::max(last, when);
    weight = weight * kept + 1;
    const double from_mean = now - time;
    const double above_mean = static_cast<double>(sample - base) - value;
    time += from_mean / weight;
    value += above_mean / weight;
    time_spread = time_spread * kept + from_mean * (now - time);
    slope = slope * kept + above_mean * (now - time);
    deviation += (std::abs(off) - deviation) / std::min(weight, 50.0);
    ++count;
}

void Track::merge(const Track& other) {
    if (other.count == 0) return;
    if (count == 0) {
        *this = other;
        return;
    }
    const double apart = static_cast<double>(other.at(other.last) - at(other.last));
    if (std::abs(apart) > far(std::max(deviation, other.deviation))) {
        if (other.since > since) *this = other;
        return;
    }
    // Combines two means and their sums of squares (Chan, Golub and LeVeque).
    const double total = weight + other.weight;
    const double later = static_cast<double>(other.origin - origin) + other.time - time;
    const double above = static_cast<double>(other.base - base) + other.value - value;
    const double share = weight * other.weight / total;
    time_spread += other.time_spread + later * later * share;
    slope += other.slope + later * above * share;
    time += later * other.weight / total;
    value += above * other.weight / total;
    deviation = (deviation * weight + other.deviation * other.weight) / total;
    weight = total;
    count += other.count;
    since = std::max(since, other.since);
    last = std::max(last, other.last);
}

}  // namespace ci::clocks
