#include <iostream>

#include "cli/options.h"
#include "cli/print.h"
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
        complain("cannot read " + values["file"].as<std::string>());
        return 2;
    }
    const auto ordered = commands::order_json(*text);
    if (!ordered) {
        complain(ordered.error().why);
        return 2;
    }
    return print(*ordered) ? 0 : 2;
}

}  // namespace ci::cli
