// The client side of the control socket, for the command line.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "commands/outcome.h"

namespace ci::fronts {

/// The default path: CALL_INSPECTOR_SOCKET if set; for root /run/call_inspector/control.sock; else
/// below XDG_RUNTIME_DIR, or in the user's own directory in /tmp.
std::filesystem::path default_socket();

/// Sends a command and waits for the answer. Throws std::runtime_error with a line for the operator
/// if there is none: no inspector runs there, or it ended.
commands::Outcome ask(const std::filesystem::path& socket, std::span<const std::string> words);

}  // namespace ci::fronts
