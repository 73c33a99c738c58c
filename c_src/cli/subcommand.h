// What this program does itself, as opposed to the maintenance commands, which a running inspector
// carries out.
#pragma once

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ci::cli {

/// Exit codes: 0 done, 1 wrong usage or nobody there, 2 could not be done.
using Arguments = std::vector<std::string>;

int run(const Arguments& arguments);     ///< stand-alone inspector
int port(const Arguments& arguments);    ///< owned by an Erlang process
int order(const Arguments& arguments);   ///< JSON chunks in, ordered out
int replay(const Arguments& arguments);  ///< sends a recording

struct Subcommand {
    std::string_view name;
    std::string_view arguments;
    std::string_view help;
    int (*run)(const Arguments&);
};

[[nodiscard]] std::span<const Subcommand> subcommands() noexcept;

/// The whole help, or that of one subcommand or maintenance command; empty: there is none such.
[[nodiscard]] std::string help();
[[nodiscard]] std::string help(std::string_view name);

/// Wrong options or arguments; what() is for the operator.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace ci::cli
