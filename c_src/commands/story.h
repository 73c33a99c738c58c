// The command that tells a call in words.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "commands/read_call.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// CALLID of any leg.
[[nodiscard]] Outcome story(inspector::Inspector& inspector,
                            std::span<const std::string> arguments);
/// The same of a call that was read already.
[[nodiscard]] Outcome show_story(inspector::Inspector& inspector, const std::string& call_id,
                                 const WholeCall& call);

}  // namespace ci::commands
