// Runs another program and takes what it prints.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace ci::os {

struct Ran {
    int failure = 0;             ///< errno, if it could not be started; ETIMEDOUT: it was ended
    int exit_code = 0;           ///< -1: it ended by a signal
    std::string output, errors;  ///< what it printed; at most `most` bytes each
};

/// `words`: the program, which is looked for in PATH, and its arguments. Its standard input is
/// empty, it has no other descriptor of ours, and of our environment PATH only. Ended, and waited
/// for, after `patience`.
[[nodiscard]] Ran run(const std::vector<std::string>& words, std::chrono::milliseconds patience,
                      std::size_t most);

}  // namespace ci::os
