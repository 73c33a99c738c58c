// The commands about a whole call, all its legs: call_legs, call_details, ladder.
#pragma once

#include <span>
#include <string>

#include "commands/outcome.h"
#include "commands/read_call.h"
#include "inspector/inspector.h"
#include "ladder/view.h"

namespace ci::commands {

/// CALLID of any leg. One JSON object.
[[nodiscard]] Outcome call_legs(inspector::Inspector& inspector,
                                std::span<const std::string> arguments);
[[nodiscard]] Outcome call_details(inspector::Inspector& inspector,
                                   std::span<const std::string> arguments);
/// A drawing of all legs. [WIDTH] [OPTION...]: ladder_options.h.
[[nodiscard]] Outcome ladder(inspector::Inspector& inspector,
                             std::span<const std::string> arguments);

/// The same of a call that was read already.
[[nodiscard]] Outcome show_legs(inspector::Inspector& inspector, const std::string& call_id,
                                const WholeCall& call);
[[nodiscard]] Outcome show_details(inspector::Inspector& inspector, const std::string& call_id,
                                   const WholeCall& call);
/// A drawing as a document of another kind (ladder/pictures.h); a view that fits no message, and a
/// call without messages are failures.
using Draw = std::string (*)(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                             const ladder::View& view);
[[nodiscard]] Outcome show_picture(inspector::Inspector& inspector, const WholeCall& call,
                                   ladder::View view, Draw draw);
[[nodiscard]] Outcome show_ladder(inspector::Inspector& inspector, const std::string& call_id,
                                  const WholeCall& call, ladder::View view);

}  // namespace ci::commands
