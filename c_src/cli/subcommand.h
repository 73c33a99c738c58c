// The program's subcommands. Maintenance commands, in contrast, are run by a running inspector.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace ci::cli {

/// Exit codes: 0 success, 1 wrong usage or no inspector there, 2 failure.
int run(const po::variables_map& values);        ///< stand-alone inspector
int port(const po::variables_map& values);       ///< owned by an Erlang process
int order(const po::variables_map& values);      ///< orders chunks given as JSON
int analyze(const po::variables_map& values);    ///< tells what is wrong with chunks given as JSON
int replay(const po::variables_map& values);     ///< sends a recording
int web_token(const po::variables_map& values);  ///< makes a token for the web server
int export_calls(const po::variables_map& values);  ///< writes a capture of calls

[[nodiscard]] Options run_options();
[[nodiscard]] Options port_options();
[[nodiscard]] Options order_options();
[[nodiscard]] Options replay_options();
[[nodiscard]] Options export_options();
[[nodiscard]] Options web_token_options();

struct Subcommand {
    std::string_view name;
    std::string_view help;   ///< the first line stands in the overview
    std::string_view notes;  ///< shown behind the options
    Options (*options)();
    int (*run)(const po::variables_map&);
};

[[nodiscard]] std::span<const Subcommand> subcommands() noexcept;

/// The whole help, or the help of one subcommand or maintenance command; empty: unknown name.
[[nodiscard]] std::string help();
[[nodiscard]] std::string help(std::string_view name);

/// Wrong options or arguments; what() is for the operator.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

using Arguments = std::vector<std::string>;
/// Throws UsageError.
int parse_and_run(const Subcommand& subcommand, const Arguments& arguments);

}  // namespace ci::cli
