#include "order/causality/wire_order.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace ci::order {

WireOrder::WireOrder(const Observations& observations, const Timebase& timebase)
    : observations_(observations), timebase_(timebase) {
    for (const std::string_view name : observations.observers) {
        captures_.push_back(name.starts_with("import:") || name.starts_with("capture:"));
    }
    has_captures_ = std::find(captures_.begin(), captures_.end(), true) != captures_.end();
}

bool WireOrder::passed(const Transmission& first, const Transmission& second) const {
    if (!has_captures_) return false;
    const auto hop = [&](const Transmission& one) {
        const Observation& seen = observations_.all[one.observations.front()];
        return pack_unordered(seen.src_host, seen.dst_host);
    };
    if (hop(first) != hop(second)) return false;
    // Copies beyond these add nothing.
    constexpr std::size_t most = 16;
    const auto some = [&](const Transmission& one) {
        return std::span(one.observations).first(std::min(most, one.observations.size()));
    };
    bool saw = false;
    for (const std::uint32_t i : some(first)) {
        const Observation& before = observations_.all[i];
        if (!captures_[before.observer]) continue;
        for (const std::uint32_t k : some(second)) {
            const std::uint32_t epoch = timebase_.epoch[i];
            if (epoch != timebase_.epoch[k]) continue;
            // Copies from different places tell nothing: one of the places may lie behind a delay.
            if (before.place != observations_.all[k].place) continue;
            if (!timebase_.epochs[epoch].has_clock) return false;
            if (timebase_.times[k] <= timebase_.times[i]) return false;
            saw = true;
        }
    }
    return saw;
}

}  // namespace ci::order
