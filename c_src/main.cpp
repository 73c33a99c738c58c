// Looks at the first words of the command line and hands over to the one whom they concern.
#include <exception>
#include <iostream>

#include "cli/print.h"
#include "cli/subcommand.h"
#include "fronts/control_client.h"

namespace {

using ci::cli::Arguments;

int complain(const std::string& what, int exit_code) {
    ci::cli::complain(what);
    return exit_code;
}

int print(const ci::commands::Outcome& outcome) {
    if (outcome.status != ci::commands::Status::ok) {
        ci::cli::print_error(outcome.text);
    } else if (!ci::cli::print(outcome.text)) {
        return 2;
    }
    return static_cast<int>(outcome.status);
}

/// `words`: a subcommand or a command, and what follows it.
int dispatch(const std::string& socket, const Arguments& words) {
    const Arguments arguments(words.begin() + 1, words.end());
    if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
        const std::string help = ci::cli::help(words[0]);
        if (help.empty()) return complain("no such command: " + words[0], 1);
        std::cout << help;
        return 0;
    }
    for (const auto& subcommand : ci::cli::subcommands()) {
        if (subcommand.name == words[0]) return subcommand.run(arguments);
    }
    try {
        return print(ci::fronts::ask(
            socket.empty() ? ci::fronts::default_socket() : std::filesystem::path(socket), words));
    } catch (const std::runtime_error& error) {
        return complain(error.what(), 1);
    }
}

int interpret(Arguments words) {
    std::string socket;
    if (words.size() >= 2 && words[0] == "--socket") {
        socket = words[1];
        words.erase(words.begin(), words.begin() + 2);
    }
    if (words.empty()) {
        std::cerr << ci::cli::help();
        return 1;
    }
    if (words[0] == "--help" || words[0] == "-h") {
        std::cout << ci::cli::help();
        return 0;
    }
    if (words[0] == "--version") {
        std::cout << "call_inspector " CI_VERSION "\n";
        return 0;
    }
    if (words[0].starts_with('-')) {
        return complain("unknown option " + words[0] + "; try call_inspector --help", 1);
    }
    return dispatch(socket, words);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return interpret(Arguments(argv + 1, argv + argc));
    } catch (const ci::cli::UsageError& error) {
        return complain(std::string(error.what()) + "; try call_inspector --help", 1);
    } catch (const std::exception& error) {
        return complain(error.what(), 2);
    }
}
