#include "commands/ordered.h"

#include <optional>
#include <unordered_map>
#include <vector>

#include "calls/findings/analysis_json.h"
#include "chunk/chunk.h"
#include "order/clocks/clock_json.h"
#include "order/events_json.h"
#include "order/order.h"
#include "wire/hash.h"

namespace ci::commands {
namespace {

/// Reads {"clock": ...} among the chunks.
std::optional<order::ClockPrior> read_prior(std::string_view element) {
    const auto clock = chunk::find_member(element, "clock");
    return clock ? order::read_clock(*clock) : std::nullopt;
}

struct Input {
    std::vector<chunk::Chunk> chunks;
    std::vector<order::ClockPrior> priors;
};

wire::expected<Input, OrderError> read_array(const std::vector<std::string_view>& elements) {
    Input input;
    auto& [chunks, priors] = input;
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
    order::arrange(priors);
    return input;
}

std::string ordered(const Input& input) {
    return order::events_json(input.chunks, order::order(input.chunks, input.priors));
}

/// Dialogues are legs in the order in which they begin.
std::string analysed(const Input& input) {
    const order::Flow flow = order::order(input.chunks, input.priors);
    std::unordered_map<std::string_view, std::size_t, wire::TextHash> legs;
    for (const order::Event& event : flow.events) {
        legs.emplace(input.chunks[event.chunk].call_id, legs.size());
    }
    std::vector<std::size_t> leg_of;
    for (const chunk::Chunk& chunk : input.chunks) leg_of.push_back(legs[chunk.call_id]);
    return calls::analysis_text(input.chunks, flow, leg_of, {});
}

/// A batch gives an array of what `answer` makes of each of its arrays.
wire::expected<std::string, OrderError> answer_json(std::string_view text,
                                                    std::string (*answer)(const Input&)) {
    const auto elements = chunk::split_array(text);
    if (!elements) return OrderError{"not a JSON array"};
    const bool is_batch = !elements->empty() && elements->front().starts_with('[');
    if (!is_batch) {
        const auto input = read_array(*elements);
        if (!input) return input.error();
        return answer(*input) + '\n';
    }
    std::string out = "[";
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto inner = chunk::split_array((*elements)[i]);
        if (!inner) return OrderError{"element " + std::to_string(i) + " is not an array"};
        const auto input = read_array(*inner);
        if (!input) {
            return OrderError{"dialogue " + std::to_string(i) + ", " + input.error().why};
        }
        if (i > 0) out += ",\n";
        out += answer(*input);
    }
    return out + "]\n";
}

}  // namespace

wire::expected<std::string, OrderError> order_json(std::string_view text) {
    return answer_json(text, ordered);
}

wire::expected<std::string, OrderError> analysis_json(std::string_view text) {
    return answer_json(text, analysed);
}

}  // namespace ci::commands
