// The command `follow` on the command line: asks a running inspector again and again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands/follow.h"

namespace ci::cli {

/// `words`: the command. Prints until its time is over; the exit code as of any command. Throws
/// std::runtime_error with a line for the operator if no inspector answers.
int follow(const std::filesystem::path& socket, std::vector<std::string> words,
           commands::Following following);

}  // namespace ci::cli
