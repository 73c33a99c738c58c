// What a command answers, whoever asked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ci::commands {

/// The numbers are exit codes: what `sup` exits with in the same case.
enum class Status : std::uint8_t {
    ok = 0,
    usage = 1,   ///< no such command, or not with that many arguments
    failed = 2,  ///< the command could not do it; the text is one line that says why
};

/// `text` is what the asker prints, valid UTF-8 that a terminal may see (wire/visible.h), ends in a
/// line feed unless empty. Kazoo's plain success is the text "ok\n".
struct Outcome {
    Status status = Status::ok;
    std::string text;
};

/// How a front end asks: words in (the command's name first), outcome out, once, from whichever
/// thread, at once if there are too many questions. Asking never blocks.
using Reply = std::function<void(Outcome)>;
using Ask = std::function<void(std::vector<std::string> words, Reply reply)>;

}  // namespace ci::commands
