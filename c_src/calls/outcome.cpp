#include "calls/outcome.h"

namespace ci::calls {
namespace {

Outcome of_refusal(const Ending& ending) noexcept {
    const std::uint16_t status = *ending.status;
    const bool rang_long = ending.ring && ending.end && *ending.end - *ending.ring >= long_ringing;
    switch (status) {
        case 486:
        case 600:
            return Outcome::busy;
        case 603:
            return Outcome::declined;
        case 408:
        case 480:
            return ending.ring ? Outcome::no_answer : Outcome::failed;
        case 487:
            if (rang_long) return Outcome::no_answer;
            // A 487 without a CANCEL comes from the callee's side, which gave up ringing.
            if (!ending.was_cancelled && ending.ring) return Outcome::no_answer;
            return Outcome::cancelled;
        default:
            return status < 400 ? Outcome::redirected : Outcome::failed;
    }
}

}  // namespace

Outcome outcome_of(const Ending& ending) noexcept {
    if (!ending.status) return Outcome::in_progress;
    const bool is_accepted = *ending.status < 300;
    if (ending.is_registration) {
        if (!is_accepted) return Outcome::refused;
        return ending.is_leaving ? Outcome::unregistered : Outcome::registered;
    }
    return is_accepted ? Outcome::answered : of_refusal(ending);
}

}  // namespace ci::calls
