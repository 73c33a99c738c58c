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

namespace {

using Answer = wire::expected<std::string, commands::OrderError> (*)(std::string_view);

int answer_file(const po::variables_map& values, Answer answer) {
    std::optional<std::string> text;
    if (values.count("file") == 0) {
        text = read_stream(std::cin);
    } else if (text = read_file(values["file"].as<std::string>()); !text) {
        complain("cannot read " + values["file"].as<std::string>());
        return 2;
    }
    const auto answered = answer(*text);
    if (!answered) {
        complain(answered.error().why);
        return 2;
    }
    return print(*answered) ? 0 : 2;
}

}  // namespace

int order(const po::variables_map& values) {
    return answer_file(values, commands::order_json);
}

int analyze(const po::variables_map& values) {
    return answer_file(values, commands::analysis_json);
}

}  // namespace ci::cli
