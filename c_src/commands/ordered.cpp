#include "commands/ordered.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "chunk/chunk.h"
#include "dialog/array.h"
#include "dialog/order.h"

namespace ci::commands {
namespace {

using nlohmann::json;

/// A number of microseconds, from a number of seconds; empty: it is none, or beyond all times.
std::optional<wire::Micros> micros(const json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const double value = found->get<double>() * 1e6;
    constexpr double limit = 9e15;
    if (!(value > -limit && value < limit)) return std::nullopt;
    return static_cast<wire::Micros>(value);
}

std::optional<wire::Micros> gregorian(const json& object, const char* member) {
    const auto found = object.find(member);
    if (found == object.end()) return std::nullopt;
    return wire::parse_gregorian(found->is_string() ? found->get<std::string>() : found->dump());
}

/// {"clock": {"observer", "at", "offset", "spread", "drift", "since"}}; the last two may be
/// missing.
std::optional<dialog::ClockPrior> read_prior(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object() || !object.contains("clock")) return std::nullopt;
    const json& clock = object["clock"];
    if (!clock.is_object()) return std::nullopt;
    const auto observer = clock.find("observer");
    const auto at = gregorian(clock, "at");
    const auto offset = micros(clock, "offset");
    const auto spread = micros(clock, "spread");
    if (observer == clock.end() || !observer->is_string() || !at || !offset || !spread) {
        return std::nullopt;
    }
    dialog::ClockPrior prior;
    prior.observer = observer->get<std::string>();
    prior.at = *at;
    prior.offset = *offset;
    prior.spread = *spread;
    const auto drift = clock.find("drift");
    if (drift != clock.end() && drift->is_number()) prior.drift = drift->get<double>();
    prior.since = gregorian(clock, "since").value_or(0);
    return prior;
}

/// As dialog::order() wants them: sorted by observer, one of each, the first one given.
void arrange(std::vector<dialog::ClockPrior>& priors) {
    std::stable_sort(priors.begin(), priors.end(),
                     [](const auto& a, const auto& b) { return a.observer < b.observer; });
    const auto same = [](const auto& a, const auto& b) { return a.observer == b.observer; };
    priors.erase(std::unique(priors.begin(), priors.end(), same), priors.end());
}

wire::expected<std::string, OrderError> order_array(const std::vector<std::string_view>& elements) {
    std::vector<chunk::Chunk> chunks;
    std::vector<dialog::ClockPrior> priors;
    chunks.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (auto chunk = chunk::read_line(elements[i])) {
            chunks.push_back(*std::move(chunk));
        } else if (auto prior = read_prior(elements[i])) {
            priors.push_back(*std::move(prior));
        } else {
            return OrderError{"element " + std::to_string(i) +
                              " is not a chunk: it needs at least a label or raw lines"};
        }
    }
    arrange(priors);
    return dialog::array_of(chunks, dialog::order(chunks, priors));
}

}  // namespace

wire::expected<std::string, OrderError> order_json(std::string_view text) {
    const auto elements = chunk::split_array(text);
    if (!elements) return OrderError{"not a JSON array"};
    const bool is_batch = !elements->empty() && elements->front().starts_with('[');
    if (!is_batch) {
        auto ordered = order_array(*elements);
        if (ordered) *ordered += '\n';
        return ordered;
    }
    std::string out = "[";
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto inner = chunk::split_array((*elements)[i]);
        if (!inner) return OrderError{"element " + std::to_string(i) + " is not an array"};
        const auto ordered = order_array(*inner);
        if (!ordered) {
            return OrderError{"dialogue " + std::to_string(i) + ", " + ordered.error().why};
        }
        if (i > 0) out += ",\n";
        out += *ordered;
    }
    return out + "]\n";
}

}  // namespace ci::commands
