// Sure evidence: which dialogues a dialogue is tied to, and by what.
#pragma once

#include <string>
#include <vector>

#include "calls/joining.h"
#include "calls/lookups.h"

namespace ci::calls {

/// `proof.with` is the other one.
struct Tie {
    std::string call_id;  ///< the other one
    Proof proof;
    wire::Micros distance = 0;  ///< of a guess: from the message that led to the other one
};

/// Each other dialogue may be in several ties. None leads to a registration, or to `call_id`.
[[nodiscard]] std::vector<Tie> sure_ties(Lookups& lookups, const std::string& call_id);

}  // namespace ci::calls
