// The commands about a whole call, asked of all inspectors: its legs may be kept by different ones.
#pragma once

#include <span>
#include <string>

#include "commands/gathered.h"

namespace ci::commands {

/// As call_legs, call_details and ladder. The first step.
[[nodiscard]] Step call_legs_all(inspector::Inspector& inspector,
                                 std::span<const std::string> arguments);
[[nodiscard]] Step call_details_all(inspector::Inspector& inspector,
                                    std::span<const std::string> arguments);
[[nodiscard]] Step ladder_all(inspector::Inspector& inspector,
                              std::span<const std::string> arguments);

}  // namespace ci::commands
