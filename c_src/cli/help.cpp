#include <algorithm>

#include "cli/subcommand.h"
#include "commands/commands.h"

namespace ci::cli {
namespace {

constexpr Subcommand all[] = {
    {"run",
     "[--config FILE] [--root DIR] [--socket PATH] [--hep [tls:]IP:PORT]... [--capture "
     "INTERFACE[ FILTER]]... [--tls-certificate FILE --tls-key FILE [--tls-client-ca FILE]] "
     "[--allow NETWORK,...] [--mask-credentials on|off] [--mask-bodies on|off] "
     "[--max-connections N] [--store NAME=VALUE]... [--amqp URL] [--amqp-gather-ms N]",
     "Run the inspector in the foreground until SIGINT or SIGTERM.\n"
     "--config FILE   JSON with root, socket, startup_parsers, tls, allow, auth_key,\n"
     "                mask_credentials, mask_bodies (docs/commands.md)\n"
     "--root DIR      where calls are stored\n"
     "--socket PATH   where maintenance commands are taken\n"
     "--hep IP:PORT   listen for HEP there; as often as wanted; tls:IP:PORT: by TLS\n"
     "--capture INTERFACE, --capture 'INTERFACE FILTER'   as start_capture\n"
     "--tls-certificate FILE, --tls-key FILE   PEM, for TLS\n"
     "--tls-client-ca FILE   take only clients whose certificates these vouch for\n"
     "--allow NETWORK,...   take packets from there only (10.0.0.0/8,2001:db8::/32)\n"
     "--mask-credentials on|off   write * for what answers a challenge; default: on\n"
     "--mask-bodies on|off   write * for keys in SDP, texts and DTMF; default: off\n"
     "--amqp URL      answer Kazoo's questions at this broker: "
     "amqp://USER:PASSWORD@HOST:PORT/VHOST\n"
     "--amqp-gather-ms N   wait that long for other inspectors at the broker; default: 500\n"
     "Environment: CALL_INSPECTOR_AUTH_KEY is the key that HEP must bring, CALL_INSPECTOR_AMQP "
     "the\n"
     "URL as of --amqp: others on the machine can see what a command line says.",
     run},
    {"port",
     "[--root DIR] [--socket PATH] [--tls-certificate FILE --tls-key FILE [--tls-client-ca FILE]] "
     "[--allow NETWORK,...] [--mask-credentials on|off] [--mask-bodies on|off] "
     "[--amqp-gather-ms N]",
     "Run the inspector for the Erlang process that started this program.\n"
     "Speaks {packet,4} terms on standard input and output; see erl/ci_port.erl.",
     port},
    {"order", "[FILE]",
     "Put chunks in order: a JSON array of them in, the ordered array out.\n"
     "An array of arrays is a batch. Without FILE, standard input is read.",
     order},
    {"replay", "FILE.bin --to IP:PORT [--rate N] [--loop N]",
     "Send a recording to a HEP parser.\n"
     "--to IP:PORT    where to\n"
     "--rate N        datagrams a second; 0: as fast as possible;\n"
     "                default: with the pauses of the recording\n"
     "--loop N        send it N times",
     replay},
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

/// One row of the overview: the name with its arguments, and the first line of its help.
std::string row(std::string_view name, std::string_view arguments, std::string_view help) {
    constexpr std::size_t column = 32;
    std::string left = "  " + std::string(name);
    if (!arguments.empty() && left.size() + 1 + arguments.size() < column) {
        left += " " + std::string(arguments);
    }
    left.resize(std::max(column, left.size() + 1), ' ');
    return left + std::string(help.substr(0, help.find('\n'))) + "\n";
}

std::string page(std::string_view name, std::string_view arguments, std::string_view help) {
    std::string usage = "usage: call_inspector " + std::string(name);
    if (!arguments.empty()) usage += " " + std::string(arguments);
    return usage + "\n\n" + std::string(help) + "\n";
}

}  // namespace

std::span<const Subcommand> subcommands() noexcept {
    return all;
}

std::string help() {
    std::string text(head);
    text += "\nSubcommands:\n";
    for (const Subcommand& s : all) text += row(s.name, s.arguments, s.help);
    text += "\nCommands:\n";
    for (const auto& c : commands::table()) text += row(c.name, c.arguments, c.help);
    return text + std::string(tail);
}

std::string help(std::string_view name) {
    for (const Subcommand& s : all) {
        if (s.name == name) return page(s.name, s.arguments, s.help);
    }
    if (const auto* c = commands::find(name)) return page(c->name, c->arguments, c->help);
    return {};
}

}  // namespace ci::cli
