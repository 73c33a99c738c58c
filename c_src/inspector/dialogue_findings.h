// What is wrong with one stored dialogue, by itself: the other legs of its call are not looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calls/rules.h"
#include "inspector/learned_clocks.h"
#include "store/store.h"

namespace ci::inspector {

struct DialogueFindings {
    std::vector<std::string> codes;  ///< each once, the root cause first
    bool is_final = true;            ///< they would be the same if nothing more came
    bool is_known = true;            ///< false: the dialogue cannot be read
};

/// Reads and analyses it. Throws wire::TookTooLong.
[[nodiscard]] DialogueFindings findings_of_dialogue(store::Store& store, LearnedClocks& clocks,
                                                    const calls::Rules& rules,
                                                    std::string_view call_id);

}  // namespace ci::inspector
