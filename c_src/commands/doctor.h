// The command `doctor`: what is wrong with the senders and with this machine.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "commands/outcome.h"
#include "inspector/inspector.h"

namespace ci::commands {

[[nodiscard]] Outcome doctor(inspector::Inspector& inspector,
                             std::span<const std::string> arguments);

/// Of the machine alone. `why`: why no inspector answers; `root`: where it would store.
[[nodiscard]] Outcome doctor_of_machine(const std::string& why, const std::filesystem::path& root,
                                        std::span<const std::string> arguments);

}  // namespace ci::commands
