#include "commands/parsers.h"

#include <optional>

#include "commands/answers.h"
#include "commands/plain_outcomes.h"
#include "commands/start_parsers.h"

namespace ci::commands {
namespace {

/// The command on|off|check [ID] for one switch.
Outcome turn(sources::Switch which, inspector::Inspector& inspector,
             std::span<const std::string> arguments) {
    std::optional<std::string_view> id;
    if (arguments.size() > 1) id = arguments[1];
    const std::string& what = arguments[0];
    Outcome unknown = failed("no active parser " + as_atom(id.value_or("")));
    if (what == "on" || what == "off") {
        return inspector.parsers().set(which, what == "on", id) ? ok() : unknown;
    }
    if (what != "check") return {Status::usage, "the argument is on, off or check\n"};
    const auto parsers = inspector.parsers().snapshots(id);
    if (id && parsers.empty()) return unknown;
    Outcome outcome;
    for (const auto& parser : parsers) {
        if (!id) outcome.text += as_visible_atom(parser.id) + " ";
        outcome.text += parser.switches[static_cast<std::size_t>(which)] ? "on\n" : "off\n";
    }
    return outcome;
}

}  // namespace

Outcome import_pcap(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const std::string& path = arguments[0];
    // A relative path would be relative to the user's directory, which is unknown here.
    if (!path.starts_with('/')) return failed("not an absolute path: " + as_atom(path));
    if (arguments.size() > 1 && arguments[1] != takes_hep) {
        return failed("unknown option: " + as_atom(arguments[1]));
    }
    const auto imported = inspector.import_file(path, arguments.size() > 1);
    if (imported.error.empty()) return {Status::ok, stats_json(imported.counted)};
    std::string why = "cannot import " + path + ": " + imported.error;
    if (imported.counted.received > 0) {
        why += " (stored before that: " + std::to_string(imported.counted.stored) + " messages)";
    }
    return failed(why);
}

Outcome list_active_parsers(inspector::Inspector& inspector,
                            std::span<const std::string> /*none*/) {
    Outcome outcome;
    for (const std::string& id : inspector.parsers().ids())
        outcome.text += as_visible_atom(id) + "\n";
    return outcome;
}

Outcome stop_active_parser(inspector::Inspector& inspector,
                           std::span<const std::string> arguments) {
    if (inspector.parsers().stop(arguments[0])) return ok();
    return failed("no active parser " + as_atom(arguments[0]));
}

Outcome parser_stats(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    const auto known = inspector.clocks().known();
    if (arguments.empty()) return {Status::ok, stats_json(inspector.parsers().snapshots(), *known)};
    const auto one = inspector.parsers().snapshots(arguments[0]);
    if (one.empty()) return failed("no active parser " + as_atom(arguments[0]));
    return {Status::ok, stats_json(one.front(), *known)};
}

Outcome capture(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    return turn(sources::Switch::capture, inspector, arguments);
}

Outcome capture_bad_msgs(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    return turn(sources::Switch::capture_bad_msgs, inspector, arguments);
}

}  // namespace ci::commands
