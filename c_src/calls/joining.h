// From one dialogue to its whole call: which other dialogues are legs of it, and what shows that.
//
// Sure evidence is followed from leg to leg. A guess joins a dialogue only directly: to the one
// that it was made for, or beside the others that were made for that one; and it never joins two
// groups of several legs that are each sure of themselves. Between two equal candidates nothing is
// guessed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calls/dialogues.h"
#include "calls/key.h"

namespace ci::calls {

/// Why a leg belongs to the call.
struct Proof {
    Evidence evidence = Evidence::header;
    std::string with;         ///< the other leg's Call-ID
    std::string shown_by;     ///< Call-ID of the dialogue whose message shows it
    std::uint64_t place = 0;  ///< the message's number in the store
    std::string fact;         ///< the key's value
    double confidence = 1;    ///< of a guess, below 1

    friend bool operator==(const Proof&, const Proof&) = default;
};

struct Leg {
    std::string call_id;
    Outline outline;
    std::vector<Proof> joined_by;  ///< the surest first; empty only if it is the only leg
};

struct Joined {
    std::vector<Leg> legs;  ///< by start; the dialogue that was asked for is among them, if known
    /// Empty, or what bound was reached, so that legs may be missing.
    std::string incomplete;
};

struct Bounds {
    std::size_t legs = 100;
    std::size_t look_ups = 20'000;
};

[[nodiscard]] Joined join(Dialogues& dialogues, std::string_view call_id,
                          const Bounds& bounds = {});

}  // namespace ci::calls
