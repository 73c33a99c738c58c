#include "dialog/untied.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace ci::dialog {

using wire::Micros;

namespace {
/// Causes bound a clock no closer than this; what they move by more was stamped late.
constexpr Micros inexact = 5'000;
}  // namespace

bool move_together(const Readings& readings, const Alignment& alignment,
                   const Transmissions& transmissions, std::vector<Micros>& times) {
    if (readings.stretches.size() < 2) return false;
    const auto is_untied = [&](std::uint32_t s) {
        return alignment.ties[s] == 0 && readings.stretches[s].has_clock;
    };
    using Seen = std::tuple<std::uint32_t, Micros, std::uint32_t>;  // stretch, reading, what
    std::vector<Seen> seen;
    for (std::uint32_t t = 0; t < transmissions.all.size(); ++t) {
        const std::uint32_t i = transmissions.all[t].observations.front();
        if (is_untied(readings.stretch[i])) {
            seen.emplace_back(readings.stretch[i], readings.times[i], t);
        }
    }
    std::sort(seen.begin(), seen.end());
    bool moved = false;
    for (std::size_t k = seen.size(); k-- > 1;) {
        const auto& [stretch, reading, before] = seen[k - 1];
        const auto& [later_stretch, later_reading, after] = seen[k];
        const bool by_little = transmissions.all[after].at - times[after] <= inexact;
        if (stretch == later_stretch && reading < later_reading && by_little &&
            times[after] < times[before]) {
            times[before] = times[after];
            moved = true;
        }
    }
    return moved;
}

}  // namespace ci::dialog
