// The API: lists of calls, what happens now, and how the inspector itself is.
#pragma once

#include "web/plan.h"

namespace ci::web {

/// ?q=EXPRESSION&limit=N&cursor=CURSOR&findings=yes: {"calls": [...], "next": CURSOR,
/// "incomplete": WHY}; the last two may be missing.
[[nodiscard]] Plan calls_list(const Asked& asked);
/// Likewise {"rows": [...]} of dialogues.
[[nodiscard]] Plan dialogues_list(const Asked& asked);
/// ?q=EXPRESSION: server-sent events.
[[nodiscard]] Plan follow_events(const Asked& asked);

[[nodiscard]] Plan stats(const Asked& asked);
[[nodiscard]] Plan clocks(const Asked& asked);
/// What an expression may be made of.
[[nodiscard]] Plan fields(const Asked& asked);
/// ?q=EXPRESSION: whether it is right, else where the mistake is.
[[nodiscard]] Plan expression(const Asked& asked);

}  // namespace ci::web
