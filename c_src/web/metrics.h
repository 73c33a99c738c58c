// GET /metrics: the inspector and the traffic in numbers, for Prometheus.
#pragma once

#include "web/plan.h"

namespace ci::web {

[[nodiscard]] Plan metrics(const Asked& asked);

}  // namespace ci::web
