#include "cli/subcommand.h"

#include <algorithm>
#include <sstream>

#include "commands/commands.h"

namespace ci::cli {
namespace {

constexpr Subcommand all[] = {
    {"run", "Run the inspector in the foreground until SIGINT or SIGTERM.",
     "Environment: CALL_INSPECTOR_AUTH_KEY is the key that HEP must bring, CALL_INSPECTOR_AMQP "
     "the\n"
     "URL as of --amqp: others on the machine can see what a command line says.\n",
     run_options, run},
    {"port",
     "Run the inspector for the Erlang process that started this program.\n"
     "Speaks {packet,4} terms on standard input and output; see erl/ci_port.erl.",
     "Environment: CALL_INSPECTOR_AUTH_KEY is the key that HEP must bring.\n", port_options, port},
    {"order",
     "Put chunks in order: a JSON array of them in, the ordered array out.\n"
     "An array of arrays is a batch.",
     "", order_options, order},
    {"analyze",
     "Tell what happened in a call, and what is wrong with it: chunks in as of order, an object "
     "out.\n"
     "Dialogues of one array are legs of one call. An array of arrays is a batch.",
     "", order_options, analyze},
    {"export",
     "Write calls as a capture for Wireshark, tshark and sngrep, in the true order.\n"
     "pcap, or pcapng with comments; of a running inspector, or of chunks as order takes them.",
     "FILE must not be there yet. What ends in .pcapng is pcapng.\n", export_options, export_calls},
    {"replay", "Send a recording to a HEP parser.", "", replay_options, replay},
    {"web-token", "Make a token for those who may look at calls in a browser, or by the API.",
     "The server keeps a hash of the secret: what is lost is made anew.\n", web_token_options,
     web_token},
};

constexpr std::string_view head =
    "Call Inspector: what really happened in a call.\n"
    "\n"
    "usage: call_inspector SUBCOMMAND [OPTION...]\n"
    "       call_inspector [--socket PATH] COMMAND [ARGUMENT...]\n"
    "       call_inspector --help | COMMAND --help | --version\n";

constexpr std::string_view tail =
    "\n"
    "Commands are asked of a running inspector through its control socket: --socket,\n"
    "else the environment variable CALL_INSPECTOR_SOCKET, else /run/call_inspector/control.sock\n"
    "(root) or call_inspector/control.sock below $XDG_RUNTIME_DIR.\n"
    "Exit codes: 0 done, 1 wrong usage or no inspector there, 2 could not be done.\n";

/// Lines of whole words, the first one after `column` cells, the others indented by as many.
std::string wrapped(std::string_view text, std::size_t column) {
    constexpr std::size_t width = 100;
    std::string lines;
    std::size_t at = column;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(" \n"));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (at > column && at + 1 + word.size() > width) {
            lines += '\n' + std::string(column, ' ');
            at = column;
        }
        if (at > column) lines += ' ';
        lines += word;
        at += word.size() + 1;
    }
    return lines + '\n';
}

/// "Show this." of "Show this.\nThat is so because ...".
std::string_view first_sentence(std::string_view help) {
    const auto end = std::min(help.find(".\n"), help.find(". "));
    return end == std::string_view::npos ? help : help.substr(0, end + 1);
}

/// One row of the overview: the name with its arguments, and the first sentence of its help.
std::string row(std::string_view name, std::string_view arguments, std::string_view help) {
    constexpr std::size_t column = 32;
    std::string left = "  " + std::string(name);
    if (!arguments.empty() && left.size() + 1 + arguments.size() < column) {
        left += " " + std::string(arguments);
    }
    left.resize(std::max(column, left.size() + 1), ' ');
    return left + wrapped(first_sentence(help), column);
}

std::string usage(std::string_view name, std::string_view arguments, std::string_view help) {
    std::string text = "usage: call_inspector " + std::string(name);
    if (!arguments.empty()) text += " " + std::string(arguments);
    return text + "\n\n" + std::string(help) + "\n";
}

/// "FILE.bin --to IP:PORT [OPTION...]": what must be given, and what may be left out.
std::string arguments_of(const Options& options) {
    std::string text;
    const auto add = [&text](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
    bool has_more = false;
    for (const auto& option : options.table.options()) {
        const po::value_semantic& value = *option->semantic();
        if (option->long_name() == options.positional) {
            add(value.is_required() ? value.name() : "[" + value.name() + "]");
        } else if (value.is_required()) {
            add("--" + option->long_name() + " " + value.name());
        } else {
            has_more = true;
        }
    }
    if (has_more) add("[OPTION...]");
    return text;
}

std::string page(const Subcommand& subcommand) {
    const Options options = subcommand.options();
    std::ostringstream text;
    text << usage(subcommand.name, arguments_of(options), subcommand.help) << "\n" << options.table;
    if (!subcommand.notes.empty()) text << "\n" << subcommand.notes;
    return text.str();
}

}  // namespace

std::span<const Subcommand> subcommands() noexcept {
    return all;
}

std::string help() {
    std::string text(head);
    text += "\nSubcommands:\n";
    for (const Subcommand& s : all) text += row(s.name, arguments_of(s.options()), s.help);
    text += "\nCommands:\n";
    for (const auto& c : commands::table()) text += row(c.name, c.arguments, c.help);
    return text + std::string(tail);
}

std::string help(std::string_view name) {
    for (const Subcommand& s : all) {
        if (s.name == name) return page(s);
    }
    if (const auto* c = commands::find(name)) return usage(c->name, c->arguments, c->help);
    return {};
}

int parse_and_run(const Subcommand& subcommand, const Arguments& arguments) {
    const Options options = subcommand.options();
    po::positional_options_description places;
    if (!options.positional.empty()) places.add(options.positional.c_str(), 1);
    po::variables_map values;
    try {
        po::store(
            po::command_line_parser(arguments)
                .options(options.table)
                .positional(places)
                .style(po::command_line_style::unix_style ^ po::command_line_style::allow_guessing)
                .run(),
            values);
        po::notify(values);
    } catch (const po::error& error) {
        throw UsageError(error.what());
    }
    return subcommand.run(values);
}

}  // namespace ci::cli
