#include <iostream>

#include "cli/print.h"
#include "cli/subcommand.h"
#include "cli/text_file.h"
#include "commands/ordered.h"

namespace ci::cli {

Options order_options() {
    Options options;
    options.table.add_options()("file", one("FILE"), "default: standard input");
    options.positional = "file";
    return options;
}

int order(const po::variables_map& values) {
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
