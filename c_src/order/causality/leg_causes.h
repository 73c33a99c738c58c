// What a message of one leg makes a host do on another: a back-to-back user agent calls on, lets it
// ring, answers, hangs up.
//
// The cause is the message of that kind that arrived at the host last, before the effect left it.
// Such a cause is usual and not certain, so that its edge gives way to stamps.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

enum class Why : std::uint8_t {
    called_on,
    rings,
    answered,
    refused,
    tried_next,  ///< a refusal arrives, the next target is called
    answered_elsewhere,
    given_up,
    hung_up,
    redirected,
    transferred,
    refreshed
};
inline constexpr std::string_view why_names[] = {
    "called on", "rings",   "answered",   "refused",     "refused",  "answered elsewhere",
    "given up",  "hung up", "redirected", "transferred", "refreshed"};

/// Indexes into Transmissions::all.
struct LegCause {
    std::uint32_t cause = 0, effect = 0;
    Why why = Why::called_on;
};

/// Each effect has one cause at most. Empty if there is one dialogue only. `within`: the causes
/// within legs.
[[nodiscard]] std::vector<LegCause> find_leg_causes(const Observations& observations,
                                                    const Timebase& timebase,
                                                    const Transmissions& transmissions,
                                                    const std::vector<Edge>& within);

}  // namespace ci::order
