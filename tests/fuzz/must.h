// How a fuzz target says its opinion.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace ci::fuzz {

/// Ends the program unless `holds`: the fuzzer keeps the input.
inline void must(bool holds, const char* opinion) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", opinion);
    std::abort();
}

/// A view into `whole`, or an empty one from anywhere.
inline bool lies_within(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace ci::fuzz
