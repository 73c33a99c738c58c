// The host of each observer: the host that is one end of all that the observer sees.
#pragma once

#include <vector>

#include "order/observe/observation.h"

namespace ci::order {

/// By observer: its host; 0 if several hosts are possible, or none.
[[nodiscard]] std::vector<Symbol> find_observer_hosts(const Observations& observations);

}  // namespace ci::order
