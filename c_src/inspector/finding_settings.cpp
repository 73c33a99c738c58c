#include "inspector/finding_settings.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "sip/text.h"

namespace ci::inspector {
namespace {

/// "3.5"; empty: no number from `least` to `most`.
std::optional<double> decimal(std::string_view text, double least, double most) {
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (!(value >= least && value <= most)) return std::nullopt;
    return value;
}

/// "6s", "2500ms", "1m"; without a unit seconds.
std::optional<wire::Micros> time(std::string_view text) {
    struct Unit {
        std::string_view name;
        wire::Micros micros;
    };
    constexpr Unit units[] = {{"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"", 1'000'000}};
    const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto* unit = std::find_if(std::begin(units), std::end(units),
                                    [&](const Unit& one) { return one.name == text.substr(end); });
    constexpr double most = 86'400'000;
    const auto number = decimal(text.substr(0, end), 0, most);
    if (unit == std::end(units) || !number) return std::nullopt;
    return static_cast<wire::Micros>(*number * static_cast<double>(unit->micros));
}

std::string set_time(std::string_view value, wire::Micros& limit) {
    const auto read = time(value);
    if (!read) return "not a time such as 6s or 2500ms";
    limit = *read;
    return {};
}

std::string set_number(std::string_view value, double least, double most, const char* why,
                       double& limit) {
    const auto read = decimal(value, least, most);
    if (!read) return why;
    limit = *read;
    return {};
}

}  // namespace

std::string set_finding_option(std::string_view name, std::string_view value,
                               calls::FindingLimits& limits) {
    value = sip::trim(value);
    if (name == "slow_setup") return set_time(value, limits.slow_setup);
    if (name == "clock_off") return set_time(value, limits.clock_off);
    if (name == "low_mos") {
        return set_number(value, 1, 5, "not a number from 1 to 5", limits.low_mos);
    }
    if (name == "high_loss") {
        return set_number(value, 0, 100, "not a number from 0 to 100", limits.high_loss);
    }
    return "unknown (slow_setup, clock_off, low_mos, high_loss)";
}

std::string set_host_kind(std::string_view hosts, calls::HostSet& kind) {
    calls::HostSet set;
    while (!hosts.empty()) {
        const auto end = std::min(hosts.find(','), hosts.size());
        const auto part = sip::trim(hosts.substr(0, end));
        hosts.remove_prefix(std::min(end + 1, hosts.size()));
        if (part.empty()) continue;
        if (const auto network = wire::parse_network(part)) {
            set.networks.push_back(*network);
        } else if (const auto endpoint = wire::parse_endpoint(part)) {
            set.endpoints.push_back(*endpoint);
        } else if (part.find_first_of("/:[]") != std::string_view::npos) {
            return "not a name, an address, a network or an address with a port: '" +
                   std::string(part) + "'";
        } else {
            set.names.emplace_back(part);
        }
    }
    kind = std::move(set);
    return {};
}

}  // namespace ci::inspector
