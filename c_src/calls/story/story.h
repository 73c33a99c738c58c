// A call told in a dozen sentences or fewer, in the order of events, for readers who do not know
// SIP.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "calls/course/course.h"
#include "calls/findings/analysis.h"

namespace ci::calls {

inline constexpr std::size_t most_sentences = 12;

struct Sentence {
    wire::Micros at = 0;  ///< since the call's first message
    std::string text;     ///< valid UTF-8; it may hold what strangers wrote
};

/// At most `most_sentences`; the last one then says how many steps are left out.
[[nodiscard]] std::vector<Sentence> story_of(const Course& course, const Analysis& analysis);

}  // namespace ci::calls
