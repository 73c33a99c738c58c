// The command about two calls: compare.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// CALLID [OTHER]: where the calls differ. Without OTHER it is the last good call (good_call.h).
[[nodiscard]] Outcome compare(inspector::Inspector& inspector,
                              std::span<const std::string> arguments);

}  // namespace ci::commands
