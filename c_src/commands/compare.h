// The command about two calls: compare.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "commands/outcome.h"
#include "commands/read_call.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// CALLID [OTHER]: where the calls differ. Without OTHER it is the last good call (good_call.h).
[[nodiscard]] Outcome compare(inspector::Inspector& inspector,
                              std::span<const std::string> arguments);

/// Empty: the call has SIP messages.
[[nodiscard]] std::optional<Outcome> nothing_to_compare(const WholeCall& call,
                                                        const std::string& call_id);
/// The same of calls that were read already and have messages. `why_other`: why it was taken.
[[nodiscard]] Outcome show_comparison(inspector::Inspector& inspector, const WholeCall& one,
                                      const WholeCall& other, const std::string& why_other);

}  // namespace ci::commands
