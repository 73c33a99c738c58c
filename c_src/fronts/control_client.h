// The other end of the control socket: a command line asks a running inspector.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "commands/outcome.h"

namespace ci::fronts {

/// Where the socket is unless told otherwise: CALL_INSPECTOR_SOCKET; for root
/// /run/call_inspector/control.sock; else below XDG_RUNTIME_DIR, or in a directory of the user's
/// own in /tmp.
std::filesystem::path default_socket();

/// Waits for the answer. Throws std::runtime_error with a line for the operator when there is
/// none: no inspector runs there, or it went away.
commands::Outcome ask(const std::filesystem::path& socket, std::span<const std::string> words);

}  // namespace ci::fronts
