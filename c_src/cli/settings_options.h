// The settings that `run` and `port` have in common, from the command line and the environment.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "inspector/settings.h"
#include "inspector/store_settings.h"

namespace ci::cli {

inline void add_settings_options(boost::program_options::options_description& description) {
    for (const char* name :
         {"tls-certificate", "tls-key", "tls-client-ca", "allow", "mask-credentials", "mask-bodies",
          "max-connections", "amqp-gather-ms"}) {
        description.add_options()(name, boost::program_options::value<std::string>());
    }
    description.add_options()(
        "store", boost::program_options::value<std::vector<std::string>>()->composing());
}

/// Overrides `settings` by the given options. Throws UsageError. The key comes from the
/// environment, because all users of a machine can read its command lines.
inline void take_settings(const boost::program_options::variables_map& values,
                          inspector::Settings& settings) {
    const auto take = [&](const char* name, std::string& path) {
        if (values.count(name) != 0) path = values[name].as<std::string>();
    };
    take("tls-certificate", settings.tls.certificate);
    take("tls-key", settings.tls.key);
    take("tls-client-ca", settings.tls.client_ca);
    if (values.count("allow") != 0) {
        auto networks = sources::parse_networks(values["allow"].as<std::string>());
        if (!networks) throw UsageError("--allow: no network: " + networks.error());
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
    const auto count = [&](const char* name, auto& number) {
        if (values.count(name) == 0) return true;
        const auto& text = values[name].as<std::string>();
        const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
        return bad == std::errc{} && end == text.data() + text.size();
    };
    if (!count("max-connections", settings.max_connections) || settings.max_connections == 0) {
        throw UsageError("--max-connections: no number from 1 on");
    }
    if (!count("amqp-gather-ms", settings.amqp.gather_ms) ||
        settings.amqp.gather_ms > inspector::max_gather_ms) {
        throw UsageError("--amqp-gather-ms: no number up to 60000");
    }
    if (values.count("store") != 0) {
        for (const auto& text : values["store"].as<std::vector<std::string>>()) {
            const auto equals = std::min(text.find('='), text.size());
            const std::string_view value = std::string_view(text).substr(equals);
            const std::string why = inspector::set_store_option(
                text.substr(0, equals), value.substr(value.empty() ? 0 : 1), settings.store);
            if (!why.empty())
                throw UsageError(std::string("--store ").append(text).append(": ").append(why));
        }
    }
    const char* key = std::getenv("CALL_INSPECTOR_AUTH_KEY");  // before any thread is started
    if (key != nullptr) settings.admission.auth_key = key;
}

}  // namespace ci::cli
