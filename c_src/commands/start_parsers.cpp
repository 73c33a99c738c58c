#include "commands/start_parsers.h"

#include "commands/plain_outcomes.h"

namespace ci::commands {
namespace {

/// Takes `allow=NETWORK,...` or `auth_key=KEY`. Returns why the option is neither, or an empty
/// text.
std::string apply_option(std::string_view option, sources::Admission& admission) {
    constexpr std::string_view allow = "allow=";
    constexpr std::string_view auth_key = "auth_key=";
    if (option.starts_with(allow)) {
        auto networks = sources::parse_networks(option.substr(allow.size()));
        if (!networks) return "bad network " + as_atom(networks.error());
        admission.allow = *std::move(networks);
    } else if (option.starts_with(auth_key)) {
        admission.auth_key = option.substr(auth_key.size());
    } else {  // not quoted: it may be a mistyped secret
        return "bad option (allow=NETWORK,... or auth_key=KEY)";
    }
    return {};
}

Outcome start_log_parser(sources::LogKind kind, inspector::Inspector& inspector,
                         std::span<const std::string> arguments) {
    // A relative path would be relative to the user's directory, which is unknown here.
    if (!arguments[0].starts_with('/')) {
        return failed("failed to start parser: not an absolute path: " + as_atom(arguments[0]));
    }
    const auto address = wire::parse_address(arguments[1]);
    if (!address) return failed("failed to start parser: bad address " + as_atom(arguments[1]));
    const auto port = wire::parse_port(arguments[2]);
    if (!port || *port == 0) {
        return failed("failed to start parser: bad port " + as_atom(arguments[2]) +
                      " (1 to 65535)");
    }
    const inspector::LogSettings& settings = inspector.settings().logs;
    sources::LogOptions options;
    options.kind = kind;
    options.path = arguments[0];
    options.local = {*address, *port};
    options.from_start = settings.from_start;
    options.events = settings.events;
    options.zone = settings.zone;
    const auto id = inspector.parsers().start_log(options);
    if (!id) {
        return failed("failed to start parser: " + id.error().why + " (" +
                      sources::LogParser::id_of(options) + ")");
    }
    return {Status::ok, "started " + as_visible_atom(*id) + "\n"};
}

}  // namespace

Outcome start_hep_parser(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    std::string_view ip = arguments[0];
    const bool is_tls = ip.starts_with("tls:");
    if (is_tls) ip.remove_prefix(4);
    const std::string& port = arguments[1];
    const auto address = wire::parse_address(ip);
    if (!address) return failed("failed to start parser: bad address " + as_atom(arguments[0]));
    const auto number = wire::parse_port(port);
    if (!number || *number == 0) {
        return failed("failed to start parser: bad port " + as_atom(port) + " (1 to 65535)");
    }
    sources::HepOptions options;
    options.local = {*address, *number};
    options.admission = inspector.settings().admission;
    for (const std::string& option : arguments.subspan(2)) {
        const std::string why = apply_option(option, options.admission);
        if (!why.empty()) return failed("failed to start parser: " + why);
    }
    options.max_connections = inspector.settings().max_connections;
    options.max_descriptor = inspector.settings().max_descriptor;
    if (is_tls) options.tls = inspector.settings().tls;
    const auto id = inspector.parsers().start_hep(options);
    if (!id) {
        return failed("failed to start parser: " + id.error().why + " (" +
                      sources::HepListener::id_of(options) + ")");
    }
    return {Status::ok, "started " + as_visible_atom(*id) + "\n"};
}

Outcome start_capture(inspector::Inspector& inspector, std::span<const std::string> arguments) {
    sources::CaptureOptions options;
    options.interface = arguments[0];
    options.takes_hep = arguments.size() > 1 && arguments.back() == takes_hep;
    const auto filters = arguments.subspan(1, arguments.size() - 1 - (options.takes_hep ? 1 : 0));
    if (filters.size() > 1) {
        return failed("failed to start parser: unknown option: " + as_atom(filters.back()));
    }
    if (!filters.empty()) options.filter = filters.front();
    const auto id = inspector.parsers().start_capture(options);
    if (!id) {
        return failed("failed to start parser: " + id.error().why + " (" +
                      sources::PacketCapture::id_of(options) + ")");
    }
    return {Status::ok, "started " + as_visible_atom(*id) + "\n"};
}

Outcome start_kamailio_parser(inspector::Inspector& inspector,
                              std::span<const std::string> arguments) {
    return start_log_parser(sources::LogKind::kamailio, inspector, arguments);
}

Outcome start_freeswitch_parser(inspector::Inspector& inspector,
                                std::span<const std::string> arguments) {
    return start_log_parser(sources::LogKind::freeswitch, inspector, arguments);
}

}  // namespace ci::commands
