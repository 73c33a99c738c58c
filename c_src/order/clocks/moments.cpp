#include "order/clocks/moments.h"

#include <algorithm>

namespace ci::order {

using wire::Micros;

Micros interpolate(std::span<const Moment> known, Micros arrival) {
    const auto after = std::lower_bound(
        known.begin(), known.end(), arrival,
        [](const Moment& moment, Micros wanted) { return moment.arrival < wanted; });
    if (after == known.end()) return known.back().common + (arrival - known.back().arrival);
    if (after == known.begin()) return after->common + (arrival - after->arrival);
    const Moment& before = *(after - 1);
    const auto part = static_cast<double>(arrival - before.arrival) /
                      static_cast<double>(after->arrival - before.arrival);
    const auto gap = static_cast<double>(after->common - before.common);
    return before.common + static_cast<Micros>(gap * part);
}

}  // namespace ci::order
