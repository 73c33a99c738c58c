// A capture of calls, written where the user wants it: by the user, not by the inspector.
#include <unistd.h>

#include <iostream>
#include <optional>
#include <stdexcept>

#include "cli/print.h"
#include "cli/subcommand.h"
#include "cli/text_file.h"
#include "commands/export_file.h"
#include "commands/export_pcap.h"
#include "fronts/control_client.h"
#include "wire/base64.h"

namespace ci::cli {
namespace {

using synthesis::Format;

std::string text_of(const po::variables_map& values, const char* name) {
    return values.count(name) == 0 ? "" : values[name].as<std::string>();
}

/// The words of the command that answers with the capture.
std::vector<std::string> asked(const po::variables_map& values, Format format) {
    const std::string answer(commands::answer_itself);
    std::vector<std::string> words;
    if (values.count("search") != 0) {
        words = {"export_search", text_of(values, "search"), answer};
        if (values.count("count") != 0) words.push_back(text_of(values, "count"));
    } else {
        words = {"export_pcap", text_of(values, "callid"), answer};
    }
    if (values["whole"].as<bool>()) words.emplace_back("whole");
    if (format == Format::pcapng) words.emplace_back("pcapng");
    return words;
}

/// Empty: it was told why, and `exit_code` is what a command would have.
std::optional<std::string> from_inspector(const po::variables_map& values, Format format,
                                          int& exit_code) {
    const std::string given = text_of(values, "socket");
    const auto socket = given.empty() ? fronts::default_socket() : std::filesystem::path(given);
    try {
        commands::Outcome outcome = fronts::ask(socket, asked(values, format));
        exit_code = static_cast<int>(outcome.status);
        if (outcome.status != commands::Status::ok) {
            print_error(outcome.text);
            return std::nullopt;
        }
        std::erase(outcome.text, '\n');
        return wire::decode_base64(outcome.text);
    } catch (const std::runtime_error& error) {
        exit_code = 1;
        complain(error.what());
        return std::nullopt;
    }
}

std::optional<std::string> from_file(const std::string& path, Format format) {
    const auto text = path == "-" ? read_stream(std::cin) : read_file(path);
    if (!text) {
        complain("cannot read " + path);
        return std::nullopt;
    }
    auto capture = commands::capture_of_texts(*text, format);
    if (capture) return *std::move(capture);
    complain(capture.error().why);
    return std::nullopt;
}

bool write(const std::string& to, const std::string& octets) {
    if (to.empty()) {
        std::cout.write(octets.data(), static_cast<std::streamsize>(octets.size())).flush();
        if (!std::cout) complain("cannot write the answer");
        return static_cast<bool>(std::cout);
    }
    const std::string why = commands::write_new_file(to, octets);
    if (!why.empty()) complain("cannot export: " + why);
    return why.empty();
}

}  // namespace

Options export_options() {
    Options options;
    auto add = options.table.add_options();
    add("callid", one("CALLID"), "the call; its own messages, without other legs");
    add("search", one("EXPRESSION"), "the calls that search finds, in its place");
    add("count", one("N"), "so many of these, the newest; default: 20");
    add("from", one("FILE"), "chunks as of order, or a call's file; - is standard input");
    add("to", one("FILE"), "a new file; default: standard output");
    add("whole", po::bool_switch(), "all legs of each call");
    add("pcapng", po::bool_switch(), "with comments: who saw a message, its leg, what is wrong");
    add("socket", one("PATH"), "of the inspector's maintenance commands");
    options.positional = "callid";
    return options;
}

int export_calls(const po::variables_map& values) {
    const std::size_t sources =
        values.count("callid") + values.count("search") + values.count("from");
    if (sources != 1) throw UsageError("one of CALLID, --search and --from");
    const std::string to = text_of(values, "to");
    if (to.empty() && ::isatty(STDOUT_FILENO) == 1) {
        throw UsageError("a capture is nothing for a terminal: --to FILE");
    }
    const bool has_comments = values["pcapng"].as<bool>() || to.ends_with(".pcapng");
    const Format format = has_comments ? Format::pcapng : Format::pcap;
    int exit_code = 2;
    const auto octets = values.count("from") != 0 ? from_file(text_of(values, "from"), format)
                                                  : from_inspector(values, format, exit_code);
    if (!octets) return exit_code;
    return write(to, *octets) ? 0 : 2;
}

}  // namespace ci::cli
