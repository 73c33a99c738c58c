// Looks at the first words of the command line and hands over to the one whom they concern.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iostream>
#include <random>

#include "cli/follow.h"
#include "cli/ladder_words.h"
#include "cli/print.h"
#include "cli/subcommand.h"
#include "commands/doctor.h"
#include "fronts/control_client.h"
#include "store/store.h"
#include "wire/hash.h"

namespace {

using ci::cli::Arguments;

int complain(const std::string& what, int exit_code) {
    ci::cli::complain(what);
    return exit_code;
}

int print(const ci::commands::Outcome& outcome, bool is_coloured) {
    if (outcome.status != ci::commands::Status::ok) {
        ci::cli::print_error(outcome.text);
    } else if (!(is_coloured ? ci::cli::print_coloured(outcome.text)
                             : ci::cli::print(outcome.text))) {
        return complain("cannot write the answer", 2);
    }
    return static_cast<int>(outcome.status);
}

int run(const ci::cli::Subcommand& subcommand, const Arguments& arguments) {
    try {
        return ci::cli::parse_and_run(subcommand, arguments);
    } catch (const ci::cli::UsageError& error) {
        const std::string name(subcommand.name);
        return complain(std::string(error.what()) + "; try call_inspector " + name + " --help", 1);
    }
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
        if (subcommand.name == words[0]) return run(subcommand, arguments);
    }
    try {
        const auto path =
            socket.empty() ? ci::fronts::default_socket() : std::filesystem::path(socket);
        if (auto following = ci::commands::Following::of(words)) {
            return ci::cli::follow(path, words, *std::move(following));
        }
        const Arguments asked = ci::cli::as_for_terminal(words);
        return print(ci::fronts::ask(path, asked), ci::cli::wants_colour(asked));
    } catch (const ci::fronts::NoInspector& nobody) {
        if (words[0] != "doctor") return complain(nobody.what(), 1);
        // The answer is on standard output, and the exit code says that nobody gave it.
        const auto outcome =
            ci::commands::doctor_of_machine(nobody.what(), ci::store::default_root(), arguments);
        return std::max(print(outcome, false), 1);
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

/// Once, before there is a table: nobody outside can tell where in a table a text comes to lie.
void draw_hash_key() {
    std::random_device random;
    const auto word = [&random] {
        return (static_cast<std::uint64_t>(random()) << 32U) | random();
    };
    ci::wire::set_hash_key({word(), word()});
}

/// Else the next file or socket would get the number of a standard stream that is missing, and
/// what is meant for the log would go there.
void open_missing_streams() {
    while (true) {
        const int descriptor = ::open("/dev/null", O_RDWR);
        if (descriptor > STDERR_FILENO) ::close(descriptor);
        if (descriptor < 0 || descriptor > STDERR_FILENO) return;
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        open_missing_streams();
        draw_hash_key();
        return interpret(Arguments(argv + 1, argv + argc));
    } catch (const std::exception& error) {
        return complain(error.what(), 2);
    }
}
