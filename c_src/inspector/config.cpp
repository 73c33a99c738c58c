#include "inspector/config.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "inspector/finding_settings.h"
#include "inspector/leg_settings.h"
#include "inspector/log_settings.h"
#include "inspector/node_settings.h"
#include "inspector/store_settings.h"
#include "inspector/web_settings.h"

namespace ci::inspector {
namespace {

using json = nlohmann::ordered_json;

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return {};
    if (found->is_string()) return found->get<std::string>();
    return found->is_number_integer() ? found->dump() : std::string();
}

/// A text, or an array of texts, separated by commas: for networks the form that
/// `start_hep_parser` takes; empty: neither.
std::optional<std::string> networks_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return std::nullopt;
    std::string all;
    for (const json& one : value) {
        if (!one.is_string()) return std::nullopt;
        if (!all.empty()) all += ',';
        all += one.get<std::string>();
    }
    return all;
}

using Words = wire::expected<std::vector<std::string>, ConfigError>;

Words capture_words(const json& entry) {
    std::vector<std::string> words{"start_capture", text_of(entry, "interface")};
    if (words.back().empty()) return ConfigError{"no interface"};
    if (entry.contains("filter")) words.push_back(text_of(entry, "filter"));
    if (const auto hep = entry.find("hep"); hep != entry.end()) {
        if (!hep->is_boolean()) return ConfigError{"hep: neither true nor false"};
        if (hep->get<bool>()) words.emplace_back("hep");
    }
    return words;
}

Words parser_words(const json& entry) {
    if (!entry.is_object()) return ConfigError{"not an object"};
    const std::string type = text_of(entry, "type");
    const std::string ip = text_of(entry, "ip");
    const std::string port = text_of(entry, "port");
    if (type == "capture") return capture_words(entry);
    const bool is_kamailio = type == "km_log", is_freeswitch = type == "fs_log";
    if (type != "hep" && !is_kamailio && !is_freeswitch) {
        return ConfigError{"unknown type '" + type + "'"};
    }
    if (ip.empty()) return ConfigError{"no ip"};
    if (port.empty()) return ConfigError{"no port"};
    if (type != "hep") {
        const std::string file = text_of(entry, "logfile");
        if (file.empty()) return ConfigError{"no logfile"};
        return std::vector<std::string>{
            is_kamailio ? "start_kamailio_parser" : "start_freeswitch_parser", file, ip, port};
    }
    std::vector<std::string> words{"start_hep_parser", ip, port};
    if (const auto allow = entry.find("allow"); allow != entry.end()) {
        const auto networks = networks_of(*allow);
        if (!networks) return ConfigError{"allow: not an array of networks"};
        words.push_back("allow=" + *networks);
    }
    if (const auto key = entry.find("auth_key"); key != entry.end()) {
        if (!key->is_string()) return ConfigError{"auth_key: not a string"};
        words.push_back("auth_key=" + key->get<std::string>());
    }
    return words;
}

void read_parser(const std::string& name, const json& entry, Config& config) {
    auto words = parser_words(entry);
    if (words) {
        config.startup.push_back(*std::move(words));
    } else {
        config.problems.push_back("startup_parsers: " + name + ": " + words.error().why);
    }
}

void read_store(const json& store, Config& config) {
    for (const auto& [name, value] : store.items()) {
        const std::string why =
            set_store_option(name, text_of(store, name.c_str()), config.settings.store);
        if (!why.empty()) config.problems.push_back(why);
    }
}

void read_logs(const json& logs, Config& config) {
    for (const auto& [name, value] : logs.items()) {
        const std::string why =
            set_log_option(name, text_of(logs, name.c_str()), config.settings.logs);
        if (!why.empty()) config.problems.push_back("logs: " + why);
    }
}

void read_index(const json& index, Config& config) {
    IndexSettings& settings = config.settings.index;
    for (const auto& [name, value] : index.items()) {
        const bool is_path = value.is_string() && value.get<std::string>().starts_with('/');
        if (name == "on" && value.is_boolean()) {
            settings.is_on = value.get<bool>();
        } else if (name == "directory" && is_path) {
            settings.directory = value.get<std::string>();
        } else if (name == "on") {
            config.problems.emplace_back("index: on: neither true nor false");
        } else if (name == "directory") {
            config.problems.emplace_back("index: directory: not an absolute path");
        } else {
            config.problems.push_back("index: " + name + ": unknown (on, directory)");
        }
    }
}

void note_problem(std::string text, const std::string& name, const std::string& why,
                  Config& config) {
    if (why.empty()) return;
    text += ": ";
    text += name;
    text += ": ";
    text += why;
    config.problems.push_back(std::move(text));
}

void read_hosts(const json& hosts, Config& config) {
    for (const auto& [name, value] : hosts.items()) {
        const auto addresses = networks_of(value);
        const std::string why =
            addresses ? set_host(name, *addresses, config.settings.rules) : "not an array of texts";
        note_problem("hosts", name, why, config);
    }
}

void read_legs(const json& legs, Config& config) {
    for (const auto& [name, value] : legs.items()) {
        const auto texts = networks_of(value);
        const std::string why =
            texts ? set_leg_option(name, *texts, config.settings.rules) : "not an array of texts";
        note_problem("legs", name, why, config);
    }
}

void read_findings(const json& findings, Config& config) {
    for (const auto& [name, value] : findings.items()) {
        const std::string text = value.is_number() ? value.dump() : text_of(findings, name.c_str());
        const std::string why = set_finding_option(name, text, config.settings.rules.findings);
        note_problem("findings", name, why, config);
    }
}

void read_host_kind(const std::string& name, const json& value, calls::HostSet& kind,
                    Config& config) {
    const auto texts = networks_of(value);
    const std::string why = texts ? set_host_kind(*texts, kind) : "not an array of texts";
    if (!why.empty()) config.problems.push_back(name + ": " + why);
}

void read_tls(const json& tls, Config& config) {
    for (const auto& [key, value] : tls.items()) {
        net::TlsFiles& files = config.settings.tls;
        std::string* const file = key == "certificate" ? &files.certificate
                                  : key == "key"       ? &files.key
                                  : key == "client_ca" ? &files.client_ca
                                                       : nullptr;
        if (file != nullptr && value.is_string()) {
            *file = value.get<std::string>();
        } else {
            config.problems.push_back("tls: " + key + ": unknown, or not of the right type");
        }
    }
}

void read_web(const json& web, Config& config) {
    WebSettings& settings = config.settings.web;
    for (const auto& [name, value] : web.items()) {
        std::string why = "unknown, or not of the right type";
        const auto all = web_settings();
        const auto one = std::find_if(all.begin(), all.end(), [&name = name](const auto& setting) {
            return setting.name == name;
        });
        if (one != all.end() && value.is_string()) {
            why = one->set(value.get<std::string>(), settings);
        } else if (name == "names" && value.is_array()) {
            why.clear();
            for (const json& one : value) {
                if (!why.empty()) break;
                why = add_web_name(one.is_string() ? one.get<std::string>() : "", settings);
            }
        }
        note_problem("web", name, why, config);
    }
}

bool is_texts(const json& value) {
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [](const json& one) { return one.is_string(); });
}

void read_amqp(const json& amqp, Config& config) {
    AmqpSettings& settings = config.settings.amqp;
    for (const auto& [key, value] : amqp.items()) {
        std::string* const text = key == "ca"            ? &settings.ca
                                  : key == "certificate" ? &settings.certificate
                                  : key == "key"         ? &settings.key
                                  : key == "node"        ? &settings.node
                                                         : nullptr;
        if (text != nullptr && value.is_string()) {
            *text = value.get<std::string>();
        } else if (key == "url" && value.is_string()) {
            settings.urls = {value.get<std::string>()};
        } else if (key == "url" && is_texts(value)) {
            settings.urls = value.get<std::vector<std::string>>();
        } else if (key == "gather_ms" && value.is_number_unsigned() && value <= max_gather_ms) {
            settings.gather_ms = value.get<std::uint64_t>();
        } else {
            config.problems.push_back("amqp: " + key + ": unknown, or not of the right type");
        }
    }
}

void read_node(const json& node, Config& config) {
    NodeSettings& settings = config.settings.node;
    for (const auto& [key, value] : node.items()) {
        std::string* const text = key == "name"          ? &settings.name
                                  : key == "cookie_file" ? &settings.cookie_file
                                  : key == "listen"      ? &settings.listen
                                                         : nullptr;
        std::vector<std::string>* const texts = node_list(key, settings);
        if (text != nullptr && value.is_string()) {
            *text = value.get<std::string>();
        } else if (texts != nullptr && is_texts(value)) {
            *texts = value.get<std::vector<std::string>>();
        } else {
            config.problems.push_back("node: " + key + ": unknown, or not of the right type");
        }
    }
}

}  // namespace

wire::expected<Config, ConfigError> read_config(std::string_view text) {
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) return ConfigError{"not a JSON object"};
    Config config;
    for (const auto& [key, value] : document.items()) {
        if ((key == "root" || key == "socket") && value.is_string()) {
            (key == "root" ? config.root : config.socket) = value.get<std::string>();
        } else if (key == "startup_parsers" && value.is_object()) {
            for (const auto& [name, entry] : value.items()) read_parser(name, entry, config);
        } else if (key == "allow") {
            auto networks = sources::parse_networks(networks_of(value).value_or("?"));
            if (!networks) return ConfigError{"allow: not a network: '" + networks.error() + "'"};
            config.settings.admission.allow = *std::move(networks);
        } else if (key == "auth_key") {
            if (!value.is_string()) return ConfigError{"auth_key: not a string"};
            config.settings.admission.auth_key = value.get<std::string>();
        } else if (key == "mask_credentials" || key == "mask_bodies") {
            if (!value.is_boolean()) return ConfigError{key + ": neither true nor false"};
            sip::Masking& masking = config.settings.masking;
            (key == "mask_bodies" ? masking.bodies : masking.credentials) = value.get<bool>();
        } else if (key == "max_connections") {
            if (!value.is_number_unsigned() || value == 0) {
                return ConfigError{"max_connections: not a number from 1 on"};
            }
            config.settings.max_connections = value.get<std::size_t>();
        } else if (key == "store" && value.is_object()) {
            read_store(value, config);
        } else if (key == "logs" && value.is_object()) {
            read_logs(value, config);
        } else if (key == "index" && value.is_object()) {
            read_index(value, config);
        } else if (key == "exports" && value.is_string()) {
            config.settings.exports = value.get<std::string>();
            if (!config.settings.exports.is_absolute()) {
                config.settings.exports.clear();
                config.problems.emplace_back("exports: not an absolute path");
            }
        } else if (key == "hosts" && value.is_object()) {
            read_hosts(value, config);
        } else if (key == "legs" && value.is_object()) {
            read_legs(value, config);
        } else if (key == "findings" && value.is_object()) {
            read_findings(value, config);
        } else if (key == "carriers" || key == "phones") {
            calls::Rules& rules = config.settings.rules;
            read_host_kind(key, value, key == "phones" ? rules.phones : rules.carriers, config);
        } else if (key == "tls" && value.is_object()) {
            read_tls(value, config);
        } else if (key == "amqp" && value.is_object()) {
            read_amqp(value, config);
        } else if (key == "node" && value.is_object()) {
            read_node(value, config);
        } else if (key == "web" && value == "off") {
            config.settings.web.is_off = true;
        } else if (key == "web" && value.is_object()) {
            read_web(value, config);
        } else {
            config.problems.push_back(key + ": unknown, or not of the right type");
        }
    }
    return config;
}

wire::expected<std::vector<std::string>, ConfigError> read_parser_entry(std::string_view text) {
    return parser_words(json::parse(text, nullptr, false));
}

}  // namespace ci::inspector
