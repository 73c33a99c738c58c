// What is known of senders and clocks in general, and used by several modules.
#pragma once

#include "wire/micros.h"

namespace ci::order {

/// The latest stamp recorded from a busy sender came 46 ms after the message was sent.
inline constexpr wire::Micros stamped_late = 50'000;
/// Quartz drifts by less than one part in this many.
inline constexpr wire::Micros drift_divisor = 3'000;
/// rsyslog and log readers wait for up to two seconds.
inline constexpr wire::Micros usual_batch = 2'000'000;

/// Stamps of syslog.
inline constexpr wire::Micros whole_second = 1'000'000;
/// Copies reach the collector this long after they were made.
inline constexpr wire::Micros usual_delay = 2'000;
/// Arrivals over prompt links differ by less than this.
inline constexpr wire::Micros late_link = 150'000;
/// Some senders stamp with the arrival, which is rounded on its way.
inline constexpr wire::Micros equal_to_arrival = 20;

}  // namespace ci::order
