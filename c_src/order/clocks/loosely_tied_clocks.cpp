#include "order/clocks/loosely_tied_clocks.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace ci::order {

using wire::Micros;

namespace {
/// Causes bound a clock no closer than this. A message that causes move by more was stamped late.
constexpr Micros pull_tolerance = 5'000;
}  // namespace

bool move_together(const Timebase& timebase, const Alignment& alignment,
                   const Transmissions& transmissions, std::vector<Micros>& times) {
    if (timebase.epochs.size() < 2) return false;
    const auto is_untied = [&](std::uint32_t s) {
        return alignment.ties[s] == 0 && timebase.epochs[s].has_clock;
    };
    using Seen = std::tuple<std::uint32_t, Micros, std::uint32_t>;  // epoch, reading, transmission
    std::vector<Seen> seen;
    for (std::uint32_t t = 0; t < transmissions.all.size(); ++t) {
        const std::uint32_t i = transmissions.all[t].observations.front();
        if (is_untied(timebase.epoch[i])) {
            seen.emplace_back(timebase.epoch[i], timebase.times[i], t);
        }
    }
    std::sort(seen.begin(), seen.end());
    bool moved = false;
    for (std::size_t k = seen.size(); k-- > 1;) {
        const auto& [epoch, reading, before] = seen[k - 1];
        const auto& [later_epoch, later_reading, after] = seen[k];
        const bool by_little = transmissions.all[after].at - times[after] <= pull_tolerance;
        if (epoch == later_epoch && reading < later_reading && by_little &&
            times[after] < times[before]) {
            times[before] = times[after];
            moved = true;
        }
    }
    return moved;
}

}  // namespace ci::order
