#include "order/observe/placement.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <tuple>

#include "order/observe/limits.h"

namespace ci::order {
namespace {

using wire::Micros;

Micros between(const Reports& reports, const Anchor& before, const Anchor& after, std::uint32_t i) {
    const auto first = reports.stamp(before.own);
    const auto last = reports.stamp(after.own);
    const auto own = reports.stamp(i);
    const Micros passed = after.at - before.at;
    if (first && last && own) {
        if (std::abs(*last - *first - passed) <= evenly) return before.at + (*own - *first);
        // The clock was set in between, before or after this.
        const bool may_follow = *own >= *first - evenly && *own - *first <= passed + evenly;
        const bool may_precede = *last >= *own - evenly && *last - *own <= passed + evenly;
        if (may_follow && !may_precede) return std::min(before.at + (*own - *first), after.at);
        if (may_precede && !may_follow) return std::max(after.at - (*last - *own), before.at);
    }
    // What arrived together was probably seen together.
    const Micros since = reports.arrival(i) - reports.arrival(before.own);
    const Micros until = reports.arrival(after.own) - reports.arrival(i);
    return since <= until ? std::min(before.at + since, after.at)
                          : std::max(after.at - until, before.at);
}

/// The time from one observation to the next; `known`, one of both, is at `at`. Stamps tell it
/// as long as the link explains why they differ from arrivals: no message arrives before it was
/// made, and on one link none overtakes another. Else the clock was set.
Micros step(const Reports& reports, std::uint32_t one, std::uint32_t next, Micros at,
            std::uint32_t known) {
    const Micros here = reports.arrival(next) - reports.arrival(one);
    const auto first = reports.stamp(one);
    const auto last = reports.stamp(next);
    if (!first || !last || *last < *first - evenly) return here;
    const Micros there = *last - *first;
    if (reports.is_right_but_late(reports.seen(one).observer)) return there;
    const Micros late = reports.arrival(known) - at;
    const Micros other_late = known == one ? late + (here - there) : late - (here - there);
    return other_late < -evenly ? here : there;
}

/// Keeps the times within the seconds that the stamps tell.
void keep_seconds(const Reports& reports, std::span<const std::uint32_t> own,
                  std::span<const Anchor> anchors, std::vector<Micros>& times) {
    Micros least = -latest_time;
    Micros most = latest_time;
    for (const Anchor& anchor : anchors) {
        const auto& stamp = reports.seen(anchor.own).stamp;
        if (!stamp) continue;
        least = std::max(least, anchor.at - *stamp - whole_second);
        most = std::min(most, anchor.at - *stamp);
    }
    if (least > most || most == latest_time) return;
    for (std::size_t k = 0; k < own.size(); ++k) {
        const auto& stamp = reports.seen(own[k]).stamp;
        if (!stamp) continue;
        times[k] = std::clamp(times[k], *stamp + least, *stamp + most + whole_second);
    }
}

}  // namespace

void arrange(Anchors& anchors) {
    std::sort(anchors.begin(), anchors.end(), [](const Anchor& a, const Anchor& b) {
        return std::tie(a.own, a.at) < std::tie(b.own, b.at);
    });
    const auto same = [](const Anchor& a, const Anchor& b) { return a.own == b.own; };
    anchors.erase(std::unique(anchors.begin(), anchors.end(), same), anchors.end());
}

void trust_stamps(const Reports& reports, const Agreement& stamps, Anchors& anchors) {
    const Micros passed = anchors.back().at - anchors.front().at;
    const Micros tolerance = evenly + std::abs(passed) / drift_divisor;
    for (Anchor& anchor : anchors) {
        const auto own = reports.stamp(anchor.own);
        if (!own) continue;
        const Micros latency = stamps.on_way[reports.is_up(anchor.own) ? 1 : 0];
        if (std::abs(*own + latency - anchor.at) > tolerance) continue;
        anchor.at = *own + stamps.ahead;
    }
}

std::vector<Micros> place(const Reports& reports, std::uint32_t observer,
                          std::span<const Anchor> anchors, const Copies& copies) {
    const auto own = reports.of(observer);
    std::vector<Micros> times(own.size());
    const auto number = [&](std::uint32_t i) {
        return static_cast<std::size_t>(std::lower_bound(own.begin(), own.end(), i) - own.begin());
    };
    std::vector<bool> is_anchor(own.size());
    for (const Anchor& anchor : anchors) is_anchor[number(anchor.own)] = true;
    std::size_t last = number(anchors.front().own);
    times[last] = anchors.front().at;
    for (std::size_t k = last; k-- > 0;) {
        times[k] = times[k + 1] - step(reports, own[k], own[k + 1], times[k + 1], own[k + 1]);
    }
    for (std::size_t n = 1; n < anchors.size(); ++n) {
        const std::size_t next = number(anchors[n].own);
        for (std::size_t k = last + 1; k < next; ++k) {
            times[k] = between(reports, anchors[n - 1], anchors[n], own[k]);
        }
        times[next] = anchors[n].at;
        last = next;
    }
    for (std::size_t k = last + 1; k < own.size(); ++k) {
        times[k] = times[k - 1] + step(reports, own[k - 1], own[k], times[k - 1], own[k - 1]);
    }
    if (!reports.is_clock(observer)) keep_seconds(reports, own, anchors, times);
    for (const auto& [original, copy] : copies) {
        if (is_anchor[number(copy)]) continue;
        times[number(copy)] =
            times[number(original)] + reports.arrival(copy) - reports.arrival(original);
    }
    return times;
}

}  // namespace ci::order
