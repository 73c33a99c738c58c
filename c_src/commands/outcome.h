// The answer of a command, the same for all front ends.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace ci::commands {

/// The numbers are the exit codes of `sup` in the same cases.
enum class Status : std::uint8_t {
    ok = 0,
    usage = 1,   ///< no such command, or a wrong number of arguments
    failed = 2,  ///< the command failed; the text is one line that says why
};

/// `text` is printed to the user. It is valid UTF-8 without control characters (wire/visible.h),
/// and ends in a line feed unless empty. Kazoo's plain success is the text "ok\n".
struct Outcome {
    Status status = Status::ok;
    std::string text;
    bool is_coloured = false;  ///< SGR sequences are in it, as they were asked for
};

/// What no command has made visible becomes so.
void make_visible(Outcome& outcome);

/// How a front end runs a command: it passes the words (the command's name first), and `reply` is
/// called once with the outcome, from any thread. If too many commands wait, the reply is
/// immediate. The call never blocks.
using Reply = std::function<void(Outcome)>;
using Ask = std::function<void(std::vector<std::string> words, Reply reply)>;

/// Likewise for a caller that may go away before the reply: then `end` is requested, the command is
/// not begun, or given up if it permits that, and the reply may be left out.
using AskUntil =
    std::function<void(std::vector<std::string> words, std::stop_token end, Reply reply)>;

}  // namespace ci::commands
