// The commands that keep the next calls of which an expression holds. JSON, one object a line.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// EXPRESSION COUNT [SECONDS]. Shows the trap.
[[nodiscard]] Outcome trap(inspector::Inspector& inspector, std::span<const std::string> arguments);
[[nodiscard]] Outcome traps(inspector::Inspector& inspector,
                            std::span<const std::string> arguments);
/// ID
[[nodiscard]] Outcome untrap(inspector::Inspector& inspector,
                             std::span<const std::string> arguments);

}  // namespace ci::commands
