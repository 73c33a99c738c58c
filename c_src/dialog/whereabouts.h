// Where each observer stands: at the host that is one end of all that it sees.
#pragma once

#include <vector>

#include "dialog/observation.h"

namespace ci::dialog {

/// By observer: its host; 0 where several would do, or none.
[[nodiscard]] std::vector<Id> find_hosts(const Observations& observations);

}  // namespace ci::dialog
