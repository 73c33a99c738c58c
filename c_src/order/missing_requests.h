// Requests that must have been sent but that no observer saw. A response shows that its request is
// missing on the hop; an ACK or a CANCEL shows that its INVITE is.
#pragma once

#include <vector>

#include "order/clocks/transmission.h"
#include "order/observe/observation.h"

namespace ci::order {

struct UnseenRequest {
    std::uint32_t shown_by = 0;  ///< the first transmission (Transmissions::all) that shows the gap
    Symbol method = 0;
    bool same_way = false;  ///< sent in the direction of `shown_by`; false: the opposite
};

/// At most one for each transaction and hop, in the order of `order` (indexes into
/// Transmissions::all).
[[nodiscard]] std::vector<UnseenRequest> find_missing_requests(
    const Observations& observations, const Transmissions& transmissions,
    const std::vector<std::uint32_t>& order);

}  // namespace ci::order
