// The program's subcommands. Maintenance commands, in contrast, are run by a running inspector.
#pragma once

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ci::cli {

/// Exit codes: 0 success, 1 wrong usage or no inspector there, 2 failure.
using Arguments = std::vector<std::string>;

int run(const Arguments& arguments);     ///< stand-alone inspector
int port(const Arguments& arguments);    ///< owned by an Erlang process
int order(const Arguments& arguments);   ///< orders chunks given as JSON
int replay(const Arguments& arguments);  ///< sends a recording

struct Subcommand {
    std::string_view name;
    std::string_view arguments;
    std::string_view help;
    int (*run)(const Arguments&);
};

[[nodiscard]] std::span<const Subcommand> subcommands() noexcept;

/// The whole help, or the help of one subcommand or maintenance command; empty: unknown name.
[[nodiscard]] std::string help();
[[nodiscard]] std::string help(std::string_view name);

/// Wrong options or arguments; what() is for the operator.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace ci::cli
