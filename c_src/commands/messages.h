// The commands about single messages of a whole call: message, diff. They are named by their places
// in the `messages` of call_details.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "commands/read_call.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// CALLID N: the message whole, below who sent it to whom and who saw it when.
[[nodiscard]] Outcome message(inspector::Inspector& inspector,
                              std::span<const std::string> arguments);
/// CALLID N [M]: what differs between two messages; without M between N and what the host that got
/// it made of it.
[[nodiscard]] Outcome diff(inspector::Inspector& inspector, std::span<const std::string> arguments);

/// The same of a call that was read already.
[[nodiscard]] Outcome show_message(inspector::Inspector& inspector,
                                   std::span<const std::string> arguments, const WholeCall& call);
[[nodiscard]] Outcome show_diff(inspector::Inspector& inspector,
                                std::span<const std::string> arguments, const WholeCall& call);

}  // namespace ci::commands
