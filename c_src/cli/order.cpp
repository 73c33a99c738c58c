#include <iostream>

#include "cli/options.h"
#include "cli/subcommand.h"
#include "cli/text_file.h"
#include "commands/ordered.h"

namespace ci::cli {

int order(const Arguments& arguments) {
    boost::program_options::options_description description;
    description.add_options()("file", boost::program_options::value<std::string>());
    const auto values = parse_options(arguments, description, "file");

    std::optional<std::string> text;
    if (values.count("file") == 0) {
        text = read_stream(std::cin);
    } else if (text = read_file(values["file"].as<std::string>()); !text) {
        std::cerr << "call_inspector: cannot read " << values["file"].as<std::string>() << '\n';
        return 2;
    }
    const auto ordered = commands::order_json(*text);
    if (!ordered) {
        std::cerr << "call_inspector: " << ordered.error().why << '\n';
        return 2;
    }
    std::cout << *ordered << std::flush;
    return std::cout ? 0 : 2;
}

}  // namespace ci::cli
