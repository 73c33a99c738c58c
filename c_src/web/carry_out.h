// Work for a request, as a job for a worker.
#pragma once

#include <functional>

#include "commands/workers.h"
#include "web/session.h"

namespace ci::web {

/// Packs the response if the client takes that, and notes how long it took. `desk` must outlive the
/// job; `reply` is called once, from any thread.
[[nodiscard]] commands::Job job_of(Task task, Desk& desk, bool takes_gzip,
                                   std::function<void(Response)> reply);

}  // namespace ci::web
