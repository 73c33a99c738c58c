#include "commands/ordered.h"

#include <optional>
#include <vector>

#include "chunk/chunk.h"
#include "order/clocks/clock_json.h"
#include "order/events_json.h"
#include "order/order.h"

namespace ci::commands {
namespace {

/// Reads {"clock": ...} among the chunks.
std::optional<order::ClockPrior> read_prior(std::string_view element) {
    const auto clock = chunk::find_member(element, "clock");
    return clock ? order::read_clock(*clock) : std::nullopt;
}

wire::expected<std::string, OrderError> order_array(const std::vector<std::string_view>& elements) {
    std::vector<chunk::Chunk> chunks;
    std::vector<order::ClockPrior> priors;
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
    return order::events_json(chunks, order::order(chunks, priors));
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
