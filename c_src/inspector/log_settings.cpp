#include "inspector/log_settings.h"

#include <algorithm>
#include <cctype>

namespace ci::inspector {
namespace {

/// "+05:30" in minutes.
std::optional<std::chrono::minutes> offset(std::string_view text) {
    constexpr std::string_view shape = "+00:00";
    if (text.size() != shape.size() || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
        return std::nullopt;
    }
    for (const std::size_t digit : {1U, 2U, 4U, 5U}) {
        if (text[digit] < '0' || text[digit] > '9') return std::nullopt;
    }
    const int hours = (text[1] - '0') * 10 + (text[2] - '0');
    const int minutes = (text[4] - '0') * 10 + (text[5] - '0');
    constexpr int most_hours = 14, most_minutes = 59;
    if (hours > most_hours || minutes > most_minutes) return std::nullopt;
    const std::chrono::minutes all(hours * 60 + minutes);
    return text[0] == '-' ? -all : all;
}

std::string set_zone(std::string_view value, LogSettings& settings) {
    settings.zone.reset();
    if (value == "local") return {};
    settings.zone = value == "UTC" ? std::chrono::minutes(0) : offset(value);
    return settings.zone ? "" : "not local, UTC or an offset such as +02:00";
}

std::string set_events(std::string_view value, LogSettings& settings) {
    std::string upper(value);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto* level =
        std::find(std::begin(logs::level_names), std::end(logs::level_names), upper);
    if (level == std::end(logs::level_names)) {
        return "not a level of FreeSWITCH (CONSOLE, ALERT, CRIT, ERR, WARNING, NOTICE, INFO, "
               "DEBUG)";
    }
    settings.events = static_cast<logs::Level>(level - std::begin(logs::level_names));
    return {};
}

}  // namespace

std::string set_log_option(std::string_view name, std::string_view value, LogSettings& settings) {
    std::string why;
    if (name == "zone") {
        why = set_zone(value, settings);
    } else if (name == "events") {
        why = set_events(value, settings);
    } else if (name == "begin" && (value == "place" || value == "start")) {
        settings.from_start = value == "start";
    } else {
        why = name == "begin" ? "neither place nor start" : "unknown (zone, begin, events)";
    }
    return why.empty() ? why : std::string(name) + ": " + why;
}

}  // namespace ci::inspector
