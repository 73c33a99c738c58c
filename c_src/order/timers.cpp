#include "order/timers.h"

#include <algorithm>
#include <cstdlib>

namespace ci::order {
namespace {

using wire::Micros;

constexpr Micros t1 = 500'000;
constexpr Micros t2 = 4'000'000;
/// Timers fire late, and stacks count in ticks of 50 ms and more.
constexpr Micros tolerance = 100'000;
/// 64 T1 end a transaction (timers B, F and H, RFC 3261 17.1.1.2, 17.1.2.2 and 17.2.1).
constexpr Micros longest = 64 * t1 + tolerance;

}  // namespace

std::optional<unsigned> timer_slot(Micros elapsed, bool is_invite) {
    if (elapsed > longest) return std::nullopt;
    Micros interval = t1;
    Micros due = t1;
    for (unsigned slot = 1; due <= elapsed + tolerance; ++slot) {
        if (std::abs(elapsed - due) <= std::max(tolerance, due / 50)) return slot;
        interval = is_invite ? interval * 2 : std::min(interval * 2, t2);
        due += interval;
    }
    return std::nullopt;
}

}  // namespace ci::order
