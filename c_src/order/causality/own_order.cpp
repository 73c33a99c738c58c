#include "order/causality/own_order.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>

namespace ci::order {
namespace {

using wire::Micros;

/// Reports that are delayed and overtaken on their way are rarely delayed by more than this.
constexpr Micros max_overtaking = 10'000;

}  // namespace

std::vector<Edge> find_own_order(const Timebase& timebase, const Transmissions& transmissions,
                                 const std::vector<Edge>& known,
                                 const std::vector<Micros>& bounds) {
    if (timebase.epochs.size() < 2) return {};
    // Transmissions that some clock dates.
    std::vector<bool> by_clock(transmissions.all.size());
    using Row = std::tuple<std::uint32_t, Micros, std::uint32_t>;  // epoch, time, transmission
    std::vector<Row> rows;
    for (std::uint32_t t = 0; t < transmissions.all.size(); ++t) {
        for (const std::uint32_t i : transmissions.all[t].observations) {
            const std::uint32_t epoch = timebase.epoch[i];
            if (timebase.epochs[epoch].has_clock) {
                by_clock[t] = true;
                continue;
            }
            rows.emplace_back(epoch, timebase.times[i], t);
        }
    }
    if (rows.empty()) return {};
    std::sort(rows.begin(), rows.end());
    // The earliest possible times: by clocks, and no earlier than causes.
    std::vector<Micros> earliest(bounds.size(), std::numeric_limits<Micros>::min());
    for (std::size_t t = 0; t < by_clock.size(); ++t) {
        if (by_clock[t]) earliest[t] = bounds[t];
    }
    earliest = run_forward(std::move(earliest), known);
    std::vector<Edge> edges;
    for (std::size_t k = 1; k < rows.size(); ++k) {
        const auto& [epoch, time, before] = rows[k - 1];
        const auto& [same_epoch, later, after] = rows[k];
        if (epoch != same_epoch || time >= later || before == after) continue;
        if (by_clock[after] && (by_clock[before] || earliest[before] > bounds[after])) continue;
        if (bounds[before] - bounds[after] > max_overtaking) continue;
        edges.push_back({before, after, false, true});
        earliest[after] = std::max(earliest[after], earliest[before]);
    }
    return edges;
}

}  // namespace ci::order
