// What must have been sent but nobody saw: a response whose request is missing on its hop, an ACK,
// CANCEL or PRACK whose INVITE is.
#pragma once

#include <vector>

#include "order/clocks/transmission.h"
#include "order/observe/observation.h"

namespace ci::order {

/// A request that is missing.
struct Missing {
    std::uint32_t shown_by = 0;  ///< the first transmission (Transmissions::all) that shows it
    Symbol method = 0;
    bool same_way = false;  ///< it went the way of `shown_by`; false: the other way
};

/// One for each transaction and hop. In the order of `order`, indexes of Transmissions::all.
[[nodiscard]] std::vector<Missing> find_missing_requests(const Observations& observations,
                                                         const Transmissions& transmissions,
                                                         const std::vector<std::uint32_t>& order);

}  // namespace ci::order
