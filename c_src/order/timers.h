// When RFC 3261 retransmits a message: T1 (500 ms) after the first transmission, then after
// intervals that double. The intervals of an INVITE keep doubling (timer A, 17.1.1.2). Those of
// other requests and of final responses to an INVITE stop at T2, 4 s (timers E and G, 17.1.2.2 and
// 17.2.1, and 13.3.1.4).
#pragma once

#include <optional>

#include "wire/micros.h"

namespace ci::order {

/// Which of these times `elapsed`, counted from the first transmission, is: 1 for T1, 2 for 3 T1,
/// and so on. Empty: none of them, so another timer or the sender's own reason explains the
/// retransmission.
[[nodiscard]] std::optional<unsigned> timer_slot(wire::Micros elapsed, bool is_invite);

}  // namespace ci::order
