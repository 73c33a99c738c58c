// Where each observer stands: at the host that is one end of all that it sees.
#pragma once

#include <vector>

#include "order/observe/observation.h"

namespace ci::order {

/// By observer: its host; 0 where several would do, or none.
[[nodiscard]] std::vector<Symbol> find_observer_hosts(const Observations& observations);

}  // namespace ci::order
