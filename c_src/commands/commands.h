// The maintenance commands, in one table. Every front end runs them through run() and prints the
// outcome. The help is generated from the table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "commands/gathered.h"
#include "commands/outcome.h"
#include "commands/workers.h"
#include "inspector/inspector.h"

namespace ci::commands {

/// Which other commands a command waits for.
enum class Turn : std::uint8_t {
    any,      ///< none
    of_call,  ///< those about the same call; given up if it takes too long
    alone,    ///< those with the same name
    search,   ///< likewise; given up if it takes too long
};

struct Command {
    std::string_view name;
    std::string_view arguments;  ///< "IP PORT", "[CALLID]"
    std::size_t least, most;     ///< how many
    std::string_view help;       ///< a summary line, then details
    Outcome (*run)(inspector::Inspector&, std::span<const std::string> arguments);
    Turn turn = Turn::any;
    /// The first step, if all inspectors are asked. Then `run` tells why they cannot be.
    Step (*ask_all)(inspector::Inspector&, std::span<const std::string> arguments) = nullptr;
};

[[nodiscard]] std::span<const Command> table() noexcept;
[[nodiscard]] const Command* find(std::string_view name) noexcept;

/// The job for a command: its subject, and whether it may be given up.
[[nodiscard]] Job job_of(std::span<const std::string> words);

/// The first step of a command that asks all inspectors. Empty: `words` are not such a command, and
/// run() carries them out or says what is wrong with them.
[[nodiscard]] std::optional<Step> begin(inspector::Inspector& inspector,
                                        std::span<const std::string> words);

/// Runs a command. `words`: its name and its arguments.
[[nodiscard]] Outcome run(inspector::Inspector& inspector, std::span<const std::string> words);

}  // namespace ci::commands
