// `run` as an Erlang node.
#pragma once

#include <string>

#include "cli/service.h"
#include "cli/subcommand.h"
#include "inspector/settings.h"
#include "node/node.h"

namespace ci::cli {

void add_node_options(po::options_description& table);

/// Overrides `settings` by the given options. Throws UsageError.
void apply_node_options(const po::variables_map& values, inspector::NodeSettings& settings);

/// The node's cookie: from its file, else from the environment, which no longer has it afterwards.
/// Throws std::runtime_error with a line for the operator. Call before any thread is started.
std::string take_cookie(const inspector::NodeSettings& settings);

}  // namespace ci::cli
