// The maintenance commands: one table of values. Every front end runs them through run() and
// prints the outcome; help is generated from the same table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "commands/inspector.h"
#include "commands/outcome.h"

namespace ci::commands {

struct Command {
    std::string_view name;
    std::string_view arguments;  ///< "IP PORT", "[CALLID]"
    std::size_t least, most;     ///< how many
    std::string_view help;       ///< one line, then whatever it takes
    Outcome (*run)(Inspector&, std::span<const std::string> arguments);
};

[[nodiscard]] std::span<const Command> table() noexcept;
[[nodiscard]] const Command* find(std::string_view name) noexcept;

/// `words`: the command's name and its arguments.
[[nodiscard]] Outcome run(Inspector& inspector, std::span<const std::string> words);

}  // namespace ci::commands
