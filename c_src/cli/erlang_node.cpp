#include "cli/erlang_node.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "inspector/node_settings.h"
#include "node/cookie.h"

namespace ci::cli {
namespace {

constexpr const char* cookie_variable = "CALL_INSPECTOR_COOKIE";

}  // namespace

void add_node_options(po::options_description& table) {
    auto add = table.add_options();
    add("node", one("NAME[@HOST]"), "be an Erlang node, for Kazoo's sup and others (docs/sup.md)");
    add("cookie-file", one("FILE"),
        "the node's cookie, readable by its owner only; else $CALL_INSPECTOR_COOKIE");
    add("node-listen", one("IP[:PORT]"), "where the node listens; default: loopback, any port");
    add("node-allow", several("NAME=VALUE"),
        "what the node's clients may ask for, as read=/var/log/kazoo (docs/sup.md); as often as "
        "wanted");
}

void apply_node_options(const po::variables_map& values, inspector::NodeSettings& settings) {
    const auto set = [&](const char* name, std::string& text) {
        if (values.count(name) != 0) text = values[name].as<std::string>();
    };
    set("node", settings.name);
    set("cookie-file", settings.cookie_file);
    set("node-listen", settings.listen);
    if (values.count("node-allow") != 0) {
        for (const auto& text : values["node-allow"].as<std::vector<std::string>>()) {
            const auto equals = std::min(text.find('='), text.size());
            const std::string value = equals < text.size() ? text.substr(equals + 1) : "";
            const std::string why =
                inspector::add_to_node_list(text.substr(0, equals), value, settings);
            if (!why.empty())
                throw UsageError(
                    std::string("--node-allow ").append(text).append(": ").append(why));
        }
    }
    if (settings.name.empty() && (!settings.cookie_file.empty() || !settings.listen.empty() ||
                                  values.count("node-allow") != 0)) {
        throw UsageError("--cookie-file, --node-listen and --node-allow need --node");
    }
}

std::string take_cookie(const inspector::NodeSettings& settings) {
    std::string cookie;
    if (char* const text = std::getenv(cookie_variable); text != nullptr) {
        cookie = text;
        ::explicit_bzero(text, std::strlen(text));  // /proc/PID/environ shows this memory
        ::unsetenv(cookie_variable);
    }
    if (settings.name.empty()) return {};
    if (!settings.cookie_file.empty()) return node::read_cookie(settings.cookie_file);
    if (cookie.empty()) {
        throw std::runtime_error(
            "the node has no cookie: --cookie-file FILE, or $CALL_INSPECTOR_COOKIE");
    }
    return cookie;
}

}  // namespace ci::cli
