// The answers of Kazoo's Crossbar (cb_call_inspector), in its envelope: code that asks Kazoo for
// calls can ask this program. The account is not looked at.
#pragma once

#include "web/plan.h"

namespace ci::web {

/// ?page_size=N&start_key=KEY
[[nodiscard]] Plan crossbar_list(const Asked& asked);
[[nodiscard]] Plan crossbar_call(const Asked& asked);

}  // namespace ci::web
