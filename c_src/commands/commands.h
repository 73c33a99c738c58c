// The maintenance commands: one table of values. Every front end runs them through run() and
// prints the outcome; help is generated from the same table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "commands/outcome.h"
#include "commands/workers.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// Which other commands a command waits for.
enum class Turn : std::uint8_t {
    any,      ///< none
    of_call,  ///< those about the same call; given up where it takes too long
    alone,    ///< those of its name
};

struct Command {
    std::string_view name;
    std::string_view arguments;  ///< "IP PORT", "[CALLID]"
    std::size_t least, most;     ///< how many
    std::string_view help;       ///< one line, then whatever it takes
    Outcome (*run)(inspector::Inspector&, std::span<const std::string> arguments);
    Turn turn = Turn::any;
};

[[nodiscard]] std::span<const Command> table() noexcept;
[[nodiscard]] const Command* find(std::string_view name) noexcept;

/// What commands::Job::subject is of these words, and whether it may be given up.
[[nodiscard]] Job job_of(std::span<const std::string> words);

/// `words`: the command's name and its arguments.
[[nodiscard]] Outcome run(inspector::Inspector& inspector, std::span<const std::string> words);

}  // namespace ci::commands
