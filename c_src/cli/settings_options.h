// The settings that `run` and `port` have in common, from the command line and the environment.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/subcommand.h"
#include "inspector/finding_settings.h"
#include "inspector/leg_settings.h"
#include "inspector/log_settings.h"
#include "inspector/settings.h"
#include "inspector/store_settings.h"
#include "inspector/web_settings.h"

namespace ci::cli {

inline void add_place_options(po::options_description& table) {
    auto add = table.add_options();
    add("root", one("DIR"), "where calls are stored");
    add("socket", one("PATH"), "where maintenance commands are taken");
}

inline void add_settings_options(po::options_description& table) {
    auto add = table.add_options();
    add("tls-certificate", one("FILE"), "PEM, for TLS; together with --tls-key");
    add("tls-key", one("FILE"), "PEM");
    add("tls-client-ca", one("FILE"), "take only clients whose certificates these vouch for");
    add("allow", one("NETWORK,..."), "take packets from there only: 10.0.0.0/8,2001:db8::/32");
    add("mask-credentials", one("on|off"), "write * for what answers a challenge; default: on");
    add("mask-bodies", one("on|off"), "write * for keys in SDP, texts and DTMF; default: off");
    add("max-connections", one("N"), "TCP connections that a parser accepts; default: 1024");
    add("store", several("NAME=VALUE"),
        "how calls are kept, as keep=30d (docs/commands.md); as often as wanted");
    add("logs", several("NAME=VALUE"),
        "how logs are read, as zone=+02:00 (docs/commands.md); as often as wanted");
    add("index", one("on|off"), "the index that calls are searched by; default: on");
    add("index-directory", one("DIR"), "where the index is kept; default: below the root");
    add("exports", one("DIR"), "where captures are exported to; default: .exports below the root");
    add("hosts", several("NAME=ADDRESS,..."),
        "addresses, networks and ports that are one host, as sbc=203.0.113.5:5060");
    add("legs", several("NAME=VALUE,..."),
        "what ties the legs of a call, as headers=X-CID,k-cid (docs/commands.md)");
    add("findings", several("NAME=VALUE"),
        "from when on something is told, as slow_setup=8s (docs/commands.md)");
    add("carriers", one("HOST,..."), "hosts, addresses and networks of carriers");
    add("phones", one("HOST,..."), "hosts, addresses and networks of phones");
    add("web", one("IP:PORT|off"),
        "serve the site and its API there; default: 127.0.0.1:8070 in run. Other addresses than "
        "this machine's need the next three");
    add("web-certificate", one("FILE"), "PEM, for TLS; together with --web-key");
    add("web-key", one("FILE"), "PEM");
    add("web-tokens", one("FILE"), "who may look, as web-token makes lines of it (docs/web.md)");
    add("web-access-log", one("FILE"), "note there who looked at which calls");
    add("web-name", several("HOST"),
        "a name that browsers may call the site by, beside localhost; as often as wanted");
    add("web-pages", one("DIR"), "the site's files; default: those that came with the program");
    add("amqp-gather-ms", one("N"),
        "wait that long for other inspectors at the broker; default: 500");
}

/// Overrides `settings` by the given options. Throws UsageError. The key comes from the
/// environment, because all users of a machine can read its command lines.
inline void apply_settings(const po::variables_map& values, inspector::Settings& settings) {
    const auto set = [&](const char* name, std::string& path) {
        if (values.count(name) != 0) path = values[name].as<std::string>();
    };
    set("tls-certificate", settings.tls.certificate);
    set("tls-key", settings.tls.key);
    set("tls-client-ca", settings.tls.client_ca);
    if (values.count("allow") != 0) {
        auto networks = sources::parse_networks(values["allow"].as<std::string>());
        if (!networks) throw UsageError("--allow: not a network: " + networks.error());
        settings.admission.allow = *std::move(networks);
    }
    const auto turn = [&](const char* name, bool& is_on) {
        if (values.count(name) == 0) return;
        const auto& text = values[name].as<std::string>();
        if (text != "on" && text != "off") {
            throw UsageError("--" + std::string(name) + " " + text + ": neither on nor off");
        }
        is_on = text == "on";
    };
    turn("mask-credentials", settings.masking.credentials);
    turn("mask-bodies", settings.masking.bodies);
    turn("index", settings.index.is_on);
    if (values.count("index-directory") != 0) {
        settings.index.directory = values["index-directory"].as<std::string>();
    }
    if (values.count("exports") != 0) {
        settings.exports = values["exports"].as<std::string>();
        if (!settings.exports.is_absolute()) throw UsageError("--exports: not an absolute path");
    }
    const auto count = [&](const char* name, auto& number) {
        if (values.count(name) == 0) return true;
        const auto& text = values[name].as<std::string>();
        const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
        return bad == std::errc{} && end == text.data() + text.size();
    };
    if (!count("max-connections", settings.max_connections) || settings.max_connections == 0) {
        throw UsageError("--max-connections: not a number from 1 on");
    }
    if (!count("amqp-gather-ms", settings.amqp.gather_ms) ||
        settings.amqp.gather_ms > inspector::max_gather_ms) {
        throw UsageError("--amqp-gather-ms: not a number up to 60000");
    }
    const auto set_named = [&](const char* name, auto set_option, auto& options) {
        if (values.count(name) == 0) return;
        for (const auto& text : values[name].as<std::vector<std::string>>()) {
            const auto equals = std::min(text.find('='), text.size());
            const std::string_view value = std::string_view(text).substr(equals);
            const std::string why =
                set_option(text.substr(0, equals), value.substr(value.empty() ? 0 : 1), options);
            if (!why.empty()) {
                throw UsageError(
                    std::string("--").append(name).append(" ").append(text).append(": ").append(
                        why));
            }
        }
    };
    set_named("store", inspector::set_store_option, settings.store);
    set_named("logs", inspector::set_log_option, settings.logs);
    set_named("hosts", inspector::set_host, settings.rules);
    set_named("legs", inspector::set_leg_option, settings.rules);
    set_named("findings", inspector::set_finding_option, settings.rules.findings);
    const auto set_kind = [&](const char* name, calls::HostSet& kind) {
        if (values.count(name) == 0) return;
        const std::string why = inspector::set_host_kind(values[name].as<std::string>(), kind);
        if (!why.empty()) throw UsageError("--" + std::string(name) + ": " + why);
    };
    set_kind("carriers", settings.rules.carriers);
    set_kind("phones", settings.rules.phones);
    const auto set_web = [&](const char* name, auto set_option) {
        if (values.count(name) == 0) return;
        std::vector<std::string> texts;
        if (const auto* one = boost::any_cast<std::string>(&values[name].value())) {
            texts = {*one};
        } else {
            texts = values[name].as<std::vector<std::string>>();
        }
        for (const std::string& text : texts) {
            const std::string why = set_option(text, settings.web);
            if (why.empty()) continue;
            std::string mistake = "--";
            throw UsageError(
                mistake.append(name).append(" ").append(text).append(": ").append(why));
        }
    };
    set_web("web", inspector::set_web_listen);
    set_web("web-name", inspector::add_web_name);
    set_web("web-pages", inspector::set_web_pages);
    set_web("web-certificate", inspector::set_web_certificate);
    set_web("web-key", inspector::set_web_key);
    set_web("web-tokens", inspector::set_web_tokens);
    set_web("web-access-log", inspector::set_web_access_log);
    const char* key = std::getenv("CALL_INSPECTOR_AUTH_KEY");  // before any thread is started
    if (key != nullptr) settings.admission.auth_key = key;
}

}  // namespace ci::cli
