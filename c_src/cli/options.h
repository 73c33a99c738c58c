// The options of the subcommands, by Boost.Program_options.
#pragma once

#include <boost/program_options.hpp>
#include <string>

#include "cli/subcommand.h"

namespace ci::cli {

/// Parses `--name value` options and, if `positional` is not empty, one argument of that name.
/// Throws UsageError.
inline boost::program_options::variables_map parse_options(
    const Arguments& arguments, const boost::program_options::options_description& description,
    const std::string& positional = {}) {
    namespace po = boost::program_options;
    po::positional_options_description places;
    if (!positional.empty()) places.add(positional.c_str(), 1);
    po::variables_map values;
    try {
        po::store(
            po::command_line_parser(arguments)
                .options(description)
                .positional(places)
                .style(po::command_line_style::unix_style ^ po::command_line_style::allow_guessing)
                .run(),
            values);
        po::notify(values);
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return values;
}

}  // namespace ci::cli
