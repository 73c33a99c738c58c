#include "order/clocks/clock_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ci::order {
namespace {

using nlohmann::json;

constexpr double micros_per_second = 1e6;

/// Microseconds from a number of seconds; empty: not a number, or beyond all times.
std::optional<wire::Micros> micros(const json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const double value = found->get<double>() * micros_per_second;
    constexpr double limit = 9e15;
    if (!(value > -limit && value < limit)) return std::nullopt;
    return static_cast<wire::Micros>(value);
}

std::optional<wire::Micros> gregorian(const json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end()) return std::nullopt;
    return wire::parse_gregorian(found->is_string() ? found->get<std::string>() : found->dump());
}

double seconds(wire::Micros time) {
    return static_cast<double>(time) / micros_per_second;
}

}  // namespace

std::optional<ClockPrior> read_clock(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    const auto observer = object.find("observer");
    const auto at = gregorian(object, "at");
    const auto offset = micros(object, "offset");
    const auto spread = micros(object, "spread");
    if (observer == object.end() || !observer->is_string() || !at || !offset || !spread) {
        return std::nullopt;
    }
    ClockPrior prior;
    prior.observer = observer->get<std::string>();
    prior.at = *at;
    prior.offset = *offset;
    prior.spread = *spread;
    const auto drift = object.find("drift");
    if (drift != object.end() && drift->is_number()) prior.drift = drift->get<double>();
    prior.since = gregorian(object, "since").value_or(0);
    prior.late = std::max<wire::Micros>(0, micros(object, "late").value_or(0));
    return prior;
}

std::string clock_json(const ClockPrior& prior) {
    // Times are kept as decimal text: a double lacks the last digits.
    json object = {{"observer", prior.observer},
                   {"at", wire::to_gregorian(prior.at)},
                   {"offset", seconds(prior.offset)},
                   {"spread", seconds(prior.spread)},
                   {"drift", prior.drift},
                   {"since", wire::to_gregorian(prior.since)}};
    if (prior.late > 0) object["late"] = seconds(prior.late);
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

void arrange(std::vector<ClockPrior>& priors) {
    std::stable_sort(priors.begin(), priors.end(),
                     [](const auto& a, const auto& b) { return a.observer < b.observer; });
    const auto same = [](const auto& a, const auto& b) { return a.observer == b.observer; };
    priors.erase(std::unique(priors.begin(), priors.end(), same), priors.end());
}

}  // namespace ci::order
