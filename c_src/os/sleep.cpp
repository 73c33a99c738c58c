#include "os/sleep.h"

#include <condition_variable>
#include <mutex>

namespace ci::os {

bool sleep_for(const std::stop_token& stop, std::chrono::nanoseconds time) {
    std::mutex mutex;
    std::condition_variable_any condition;
    std::unique_lock lock(mutex);
    condition.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace ci::os
