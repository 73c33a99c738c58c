// How long questions about calls took.
#pragma once

#include <chrono>
#include <string_view>

#include "os/mutex.h"
#include "web/http/metrics_text.h"

namespace ci::web {

class Lookups {
  public:
    using Clock = std::chrono::steady_clock;

    void add(std::string_view call_id, Clock::duration took) {
        const double now =
            std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
                .count();
        const os::MutexLock lock(mutex_);
        histogram_.add(std::chrono::duration<double>(took).count(), call_id, now);
    }
    [[nodiscard]] Histogram told() {
        const os::MutexLock lock(mutex_);
        return histogram_;
    }

  private:
    os::Mutex mutex_;
    Histogram histogram_ GUARDED_BY(mutex_){{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2}};
};

}  // namespace ci::web
