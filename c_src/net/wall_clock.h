// The wall clock in the program's unit, microseconds.
#pragma once

#include <time.h>

#include "wire/micros.h"

namespace ci::net {

[[nodiscard]] inline wire::Micros to_micros(const timespec& time) noexcept {
    return static_cast<wire::Micros>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

[[nodiscard]] inline wire::Micros now() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return to_micros(time);
}

}  // namespace ci::net
