#include "inspector/leg_settings.h"

#include <algorithm>
#include <vector>

#include "sip/text.h"

namespace ci::inspector {
namespace {

/// What stands between commas, trimmed, without empty texts.
std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        const auto part = sip::trim(text.substr(0, end));
        if (!part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

bool is_header_name(const std::string& text) {
    return std::all_of(text.begin(), text.end(), sip::is_token);
}

/// Exactly one `*`, and something beside it.
bool is_pattern(const std::string& text) {
    return text.size() > 1 && std::count(text.begin(), text.end(), '*') == 1;
}

}  // namespace

std::string set_host(std::string_view name, std::string_view addresses, calls::Rules& rules) {
    if (name.empty()) return "a host needs a name";
    calls::HostName host;
    host.name = name;
    for (const std::string& part : parts_of(addresses)) {
        if (const auto network = wire::parse_network(part)) {
            host.networks.push_back(*network);
        } else if (const auto endpoint = wire::parse_endpoint(part)) {
            host.endpoints.push_back(*endpoint);
        } else {
            return "not an address, a network or an address with a port: '" + part + "'";
        }
    }
    if (host.networks.empty() && host.endpoints.empty()) return "no address";
    std::erase_if(rules.hosts, [&](const calls::HostName& one) { return one.name == name; });
    rules.hosts.push_back(std::move(host));
    return {};
}

std::string set_leg_option(std::string_view name, std::string_view value, calls::Rules& rules) {
    std::vector<std::string> parts = parts_of(value);
    const auto refuse = [&](bool (*is_good)(const std::string&)) {
        const auto bad = std::find_if_not(parts.begin(), parts.end(), is_good);
        return bad == parts.end() ? std::string() : *bad;
    };
    if (name == "headers") {
        if (const auto bad = refuse(is_header_name); !bad.empty()) {
            return "not the name of a header: '" + bad + "'";
        }
        rules.headers = std::move(parts);
    } else if (name == "affixes") {
        if (const auto bad = refuse(is_pattern); !bad.empty()) {
            return "not a pattern with one * for the other Call-ID: '" + bad + "'";
        }
        rules.affixes = std::move(parts);
    } else {
        return "unknown (headers, affixes)";
    }
    return {};
}

}  // namespace ci::inspector
