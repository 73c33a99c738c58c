// The command that tells a call in words.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// CALLID of any leg.
[[nodiscard]] Outcome story(inspector::Inspector& inspector,
                            std::span<const std::string> arguments);

}  // namespace ci::commands
