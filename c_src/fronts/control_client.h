// The client side of the control socket, for the command line.
#pragma once

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>

#include "commands/outcome.h"

namespace ci::fronts {

/// The default path: CALL_INSPECTOR_SOCKET if set; for root /run/call_inspector/control.sock; else
/// below XDG_RUNTIME_DIR, or in the user's own directory in /tmp.
std::filesystem::path default_socket();

/// No inspector listens there; what() is for the operator.
struct NoInspector : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Sends a command and waits for the answer. Throws std::runtime_error with a line for the operator
/// if there is none: NoInspector, or the inspector ended.
commands::Outcome ask(const std::filesystem::path& socket, std::span<const std::string> words);

}  // namespace ci::fronts
