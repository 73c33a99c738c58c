// The call that a call is compared with if nobody names one: the last good one that was like it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "calls/expression.h"
#include "commands/outcome.h"
#include "commands/read_call.h"
#include "inspector/inspector.h"
#include "wire/result.h"

namespace ci::commands {

struct GoodCall {
    std::string call_id;
    std::string why;  ///< "the last answered call from 1001 to 2002 before this one"
};

/// Where such calls are looked for.
struct CallsLikeIt {
    calls::Expression expression;
    std::string which;  ///< "from 1001 to 2002"
};
/// Between the same two parties, then over the two hosts of the first request of a call that has
/// messages.
[[nodiscard]] std::vector<CallsLikeIt> good_calls_like(const WholeCall& call,
                                                       const calls::Rules& rules);
/// Rows of the call's own legs may come first.
inline constexpr std::size_t most_like_it = 128;
[[nodiscard]] bool is_leg_of(const WholeCall& call, const std::string& call_id);
[[nodiscard]] std::string why_it_is_good(const CallsLikeIt& like);
[[nodiscard]] Outcome no_good_call(std::span<const CallsLikeIt> looked_for,
                                   const std::string& incomplete);

/// The newest call that began before this one and was answered: between the same two parties, else
/// over the two hosts of its first request. `call` has messages. Throws wire::TookTooLong.
[[nodiscard]] wire::expected<GoodCall, Outcome> last_good_call(inspector::Inspector& inspector,
                                                               const WholeCall& call);

}  // namespace ci::commands
