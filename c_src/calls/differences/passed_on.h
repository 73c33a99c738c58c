// What the host that got a message made of it: the same request on the next hop, the same response
// on the hop before, or the message of another leg that it caused.
#pragma once

#include <cstddef>
#include <vector>

#include "calls/course/course.h"

namespace ci::calls {

/// Indexes into Course::messages, in their order; several where a request was forked. Empty: the
/// message ended there, or nobody saw what became of it. An ACK of a refusal ends at its hop
/// (RFC 3261 17.1.1.3).
[[nodiscard]] std::vector<std::size_t> passed_on(const Course& course, std::size_t message);

}  // namespace ci::calls
