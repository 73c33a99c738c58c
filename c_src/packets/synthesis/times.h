// Times of messages that keep their order.
#pragma once

#include <span>
#include <vector>

#include "packets/synthesis/sent.h"
#include "wire/micros.h"

namespace ci::synthesis {

/// Readers of captures know one time to the microsecond: between two messages is one at least. It
/// leaves room for the parts of a message, and for what opens its connection.
inline constexpr Nanos step = 1'000;

/// Strictly rising times of messages in their order. A stamp can be late, never early, so a time
/// that is later than the next one's becomes earlier.
[[nodiscard]] std::vector<Nanos> rising(std::span<const wire::Micros> times);

/// Likewise for messages of several calls, which are sorted by time: of two at once the second
/// becomes later.
void keep_apart(std::vector<Sent>& all);

}  // namespace ci::synthesis
