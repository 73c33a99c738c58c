// The call that a call is compared with if nobody names one: the last good one that was like it.
#pragma once

#include <string>

#include "commands/outcome.h"
#include "commands/read_call.h"
#include "inspector/inspector.h"
#include "wire/result.h"

namespace ci::commands {

struct GoodCall {
    std::string call_id;
    std::string why;  ///< "the last answered call from 1001 to 2002 before this one"
};

/// The newest call that began before this one and was answered: between the same two parties, else
/// over the two hosts of its first request. `call` has messages. Throws wire::TookTooLong.
[[nodiscard]] wire::expected<GoodCall, Outcome> last_good_call(inspector::Inspector& inspector,
                                                               const WholeCall& call);

}  // namespace ci::commands
