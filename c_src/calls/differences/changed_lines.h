// Which lines of one list another list lacks or has besides: a longest common subsequence.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace ci::calls {

/// Lines with equal keys are the same line; the text is what is shown.
struct Line {
    std::string key, text;
};

struct Change {
    bool is_added = false;  ///< only the second list has it; else only the first
    std::string text;

    friend bool operator==(const Change&, const Change&) = default;
};

/// In the order of the lists, what was removed before what was added in its place. Lists that are
/// long and have little in common count as wholly different where they begin to differ: time and
/// memory are bounded.
[[nodiscard]] std::vector<Change> changed_lines(std::span<const Line> before,
                                                std::span<const Line> after);

}  // namespace ci::calls
