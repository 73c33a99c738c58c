#include "dialog/own_order.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

namespace ci::dialog {
namespace {

using wire::Micros;

/// What is held up on its way to us, and overtaken, is rarely so for longer.
constexpr Micros held_up = 10'000;

}  // namespace

std::vector<Edge> find_own_order(const Observations& observations, const Readings& readings,
                                 const Transmissions& transmissions, const std::vector<Edge>& known,
                                 const std::vector<Micros>& bounds) {
    if (readings.stretches.size() < 2) return {};
    // What clocks tell of both needs no help.
    std::vector<bool> by_clock(transmissions.all.size());
    using Row = std::tuple<std::uint32_t, Micros, std::uint32_t>;  // stretch, arrival, transmission
    std::vector<Row> rows;
    for (std::uint32_t t = 0; t < transmissions.all.size(); ++t) {
        for (const std::uint32_t i : transmissions.all[t].observations) {
            const std::uint32_t stretch = readings.stretch[i];
            if (readings.stretches[stretch].has_clock) {
                by_clock[t] = true;
                continue;
            }
            rows.emplace_back(stretch, observations.all[i].arrival, t);
        }
    }
    if (rows.empty()) return {};
    std::sort(rows.begin(), rows.end());
    // No earlier than what caused it, as far as clocks tell.
    std::vector<Micros> earliest(bounds.size(), std::numeric_limits<Micros>::min());
    for (std::size_t t = 0; t < by_clock.size(); ++t) {
        if (by_clock[t]) earliest[t] = bounds[t];
    }
    earliest = run_forward(std::move(earliest), known);
    std::vector<Edge> edges;
    for (std::size_t k = 1; k < rows.size(); ++k) {
        const auto& [stretch, arrival, before] = rows[k - 1];
        const auto& [same_stretch, later, after] = rows[k];
        if (stretch != same_stretch || arrival >= later || before == after) continue;
        if (by_clock[after] && (by_clock[before] || earliest[before] > bounds[after])) continue;
        if (bounds[before] - bounds[after] > held_up) continue;
        edges.push_back({before, after, false, true});
        earliest[after] = std::max(earliest[after], earliest[before]);
    }
    return edges;
}

}  // namespace ci::dialog
