// The command that compares two calls, asked of all inspectors.
#pragma once

#include <span>
#include <string>

#include "commands/gathered.h"

namespace ci::commands {

/// As compare. The first step. Without OTHER the last good call of all inspectors is taken.
[[nodiscard]] Step compare_all(inspector::Inspector& inspector,
                               std::span<const std::string> arguments);

}  // namespace ci::commands
