// A sleep that ends early when the thread is to end.
#pragma once

#include <chrono>
#include <stop_token>

namespace ci::os {

/// False: the stop was requested, before or during the sleep.
bool sleep_for(const std::stop_token& stop, std::chrono::nanoseconds time);

}  // namespace ci::os
