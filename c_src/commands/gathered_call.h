// The commands about a whole call, asked of all inspectors: its legs may be kept by different ones.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "commands/gathered.h"
#include "commands/read_call.h"

namespace ci::commands {

/// What is made of a call once all that all inspectors keep of it is known.
using WithCall = std::function<Step(inspector::Inspector&, const std::string& call_id, WholeCall)>;
/// The first step.
[[nodiscard]] Step gather_call(const std::string& call_id, WithCall then);

/// As the commands without `_all`, each a first step. The answer says who did not answer.
[[nodiscard]] Step call_legs_all(inspector::Inspector& inspector,
                                 std::span<const std::string> arguments);
[[nodiscard]] Step call_details_all(inspector::Inspector& inspector,
                                    std::span<const std::string> arguments);
[[nodiscard]] Step ladder_all(inspector::Inspector& inspector,
                              std::span<const std::string> arguments);
[[nodiscard]] Step story_all(inspector::Inspector& inspector,
                             std::span<const std::string> arguments);
[[nodiscard]] Step message_all(inspector::Inspector& inspector,
                               std::span<const std::string> arguments);
[[nodiscard]] Step diff_all(inspector::Inspector& inspector,
                            std::span<const std::string> arguments);

}  // namespace ci::commands
