#include <cstdlib>
#include <optional>

#include "cli/amqp.h"
#include "cli/erlang_node.h"
#include "cli/print.h"
#include "cli/service.h"
#include "cli/settings_options.h"
#include "cli/subcommand.h"
#include "cli/text_file.h"
#include "cli/web.h"
#include "fronts/control.h"
#include "fronts/control_client.h"
#include "inspector/config.h"
#include "os/mutex.h"

namespace ci::cli {
namespace {

void log(inspector::Level level, std::string_view text) {
    static os::Mutex mutex;
    const os::MutexLock lock(mutex);
    std::string line(inspector::level_names[static_cast<std::size_t>(level)]);
    complain(line.append(": ").append(text));
}

/// The settings of the command line and the configuration file together.
struct Wanted {
    std::filesystem::path root, socket;
    inspector::Settings settings;
    std::vector<std::vector<std::string>> configured;  ///< commands that start parsers
    std::vector<std::vector<std::string>> given;       ///< the commands that the command line gives
};

std::vector<std::string> start_hep(const std::string& text) {
    const std::string scheme = text.starts_with("tls:") ? "tls:" : "";
    const auto endpoint = wire::parse_endpoint(std::string_view(text).substr(scheme.size()));
    if (!endpoint) throw UsageError("--hep " + text + ": not an IP:PORT");
    return {"start_hep_parser", scheme + to_string(endpoint->address),
            std::to_string(endpoint->port)};
}

/// "eth1" or "eth1 port 5060".
std::vector<std::string> start_capture(const std::string& text) {
    const auto blank = text.find(' ');
    std::vector<std::string> words{"start_capture", text.substr(0, blank)};
    if (blank != std::string::npos) words.push_back(text.substr(blank + 1));
    return words;
}

/// "FILE IP:PORT"; the file's name may hold blanks.
std::vector<std::string> start_log(const std::string& command, const std::string& text) {
    const auto blank = text.rfind(' ');
    const auto endpoint = wire::parse_endpoint(
        blank == std::string::npos ? "" : std::string_view(text).substr(blank + 1));
    if (!endpoint) throw UsageError(text + ": not a FILE and an IP:PORT");
    return {command, text.substr(0, blank), to_string(endpoint->address),
            std::to_string(endpoint->port)};
}

inspector::Config config_from(const std::string& path) {
    const auto text = read_file(path);
    if (!text) throw std::runtime_error("cannot read " + path);
    auto config = inspector::read_config(*text);
    if (!config) throw std::runtime_error(path + ": " + config.error().why);
    for (const std::string& problem : config->problems) {
        log(inspector::Level::error, std::string(path).append(": ").append(problem));
    }
    return *std::move(config);
}

Wanted read_options(const po::variables_map& values) {
    inspector::Config config;
    if (values.count("config") != 0) config = config_from(values["config"].as<std::string>());
    // The command line overrides the file, and the file overrides the defaults.
    apply_settings(values, config.settings);
    apply_node_options(values, config.settings.node);
    if (values.count("amqp") != 0) {
        config.settings.amqp.urls = {values["amqp"].as<std::string>()};
    } else if (const char* url = std::getenv("CALL_INSPECTOR_AMQP"); url != nullptr) {
        config.settings.amqp.urls = {url};
    }
    const auto choose = [&](const char* name, const std::optional<std::string>& configured,
                            std::filesystem::path (*usual)()) {
        if (values.count(name) != 0) return std::filesystem::path(values[name].as<std::string>());
        return configured ? std::filesystem::path(*configured) : usual();
    };
    Wanted wanted{choose("root", config.root, store::default_root),
                  choose("socket", config.socket, fronts::default_socket),
                  std::move(config.settings),
                  std::move(config.startup),
                  {}};
    if (values.count("hep") != 0) {
        for (const auto& text : values["hep"].as<std::vector<std::string>>()) {
            wanted.given.push_back(start_hep(text));
        }
    }
    if (values.count("capture") != 0) {
        for (const auto& text : values["capture"].as<std::vector<std::string>>()) {
            wanted.given.push_back(start_capture(text));
        }
    }
    for (const std::string kind : {"kamailio", "freeswitch"}) {
        if (values.count(kind + "-log") == 0) continue;
        for (const auto& text : values[kind + "-log"].as<std::vector<std::string>>()) {
            wanted.given.push_back(start_log("start_" + kind + "_parser", text));
        }
    }
    return wanted;
}

bool start(Service& service, const std::vector<std::string>& words) {
    const commands::Outcome outcome = service.run_now(words);
    const bool ok = outcome.status == commands::Status::ok;
    std::string_view line = outcome.text;
    if (line.ends_with('\n')) line.remove_suffix(1);
    log(ok ? inspector::Level::info : inspector::Level::error, line);
    return ok;
}

}  // namespace

Options run_options() {
    Options options;
    auto add = options.table.add_options();
    add("config", one("FILE"),
        "JSON with any of these settings, and with parsers to start (docs/commands.md)");
    add_place_options(options.table);
    add("hep", several("[tls:]IP:PORT"), "listen for HEP there; tls: by TLS; as often as wanted");
    add("capture", several("'INTERFACE[ FILTER]'"), "as start_capture; as often as wanted");
    add("kamailio-log", several("'FILE IP:PORT'"), "as start_kamailio_parser; as often as wanted");
    add("freeswitch-log", several("'FILE IP:PORT'"),
        "as start_freeswitch_parser; as often as wanted");
    add("amqp", one("URL"),
        "answer Kazoo's questions at this broker: amqp://USER:PASSWORD@HOST:PORT/VHOST");
    add_settings_options(options.table);
    add_node_options(options.table);
    return options;
}

int run(const po::variables_map& values) {
    const Wanted wanted = read_options(values);
    std::string cookie = take_cookie(wanted.settings.node);
    Service service(wanted.root, log, wanted.settings);
    const fronts::Control control(service.context(), wanted.socket, service.ask(),
                                  service.control_limits());
    for (const auto& words : wanted.configured) start(service, words);  // the others still start
    for (const auto& words : wanted.given) {
        // Fails at once, because the user is present.
        if (!start(service, words)) return 2;
    }
    log(inspector::Level::info, "storing in " + wanted.root.string());
    log(inspector::Level::info, "accepting commands at " + wanted.socket.string());
    std::optional<node::Node> erlang_node;
    if (!wanted.settings.node.name.empty()) {
        node::NodeLimits limits;
        limits.descriptors = service.client_descriptors();
        erlang_node.emplace(service.context(), wanted.settings.node, std::move(cookie),
                            service.ask_until(), log, limits);
        log(inspector::Level::info, "Erlang node " + wanted.settings.node.name + " at port " +
                                        std::to_string(erlang_node->port()));
    }
    const auto web =
        start_web(service, wanted.settings.web, WebIf::not_off, values.count("web") != 0, log);
    std::optional<Broker> broker;
    if (!wanted.settings.amqp.urls.empty()) broker.emplace(service, wanted.settings.amqp, log);
    service.run();
    broker.reset();
    erlang_node.reset();
    log(inspector::Level::info, "stopped");
    return 0;
}

}  // namespace ci::cli
