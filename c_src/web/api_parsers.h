// The API: what listens, and what becomes of what it hears.
#pragma once

#include "web/plan.h"

namespace ci::web {

[[nodiscard]] Plan parsers_list(const Asked& asked);
/// An entry as of `startup_parsers` in the configuration file.
[[nodiscard]] Plan parser_start(const Asked& asked);
/// {"capture": true|false, "capture_bad_msgs": true|false}; either may be missing.
[[nodiscard]] Plan parser_switch(const Asked& asked);
[[nodiscard]] Plan parser_stop(const Asked& asked);

}  // namespace ci::web
