// The options of the subcommands, by Boost.Program_options, which parses and prints them.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

namespace ci::cli {

namespace po = boost::program_options;

/// What a subcommand takes. The text of an option tells what it does.
struct Options {
    po::options_description table;
    std::string positional;  ///< the option whose name may be left out; empty: none
};

/// An option with a value, which help shows as `shown`.
inline auto* one(const char* shown) {
    return po::value<std::string>()->value_name(shown);
}
/// An option that may be given several times.
inline auto* several(const char* shown) {
    return po::value<std::vector<std::string>>()->composing()->value_name(shown);
}

}  // namespace ci::cli
