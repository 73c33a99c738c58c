#include "commands/chunk_texts.h"

#include <optional>
#include <unordered_map>
#include <utility>

#include "order/clocks/clock_json.h"
#include "wire/hash.h"

namespace ci::commands {
namespace {

/// Reads {"clock": ...} among the chunks.
std::optional<order::ClockPrior> read_prior(std::string_view element) {
    const auto clock = chunk::find_member(element, "clock");
    return clock ? order::read_clock(*clock) : std::nullopt;
}

}  // namespace

wire::expected<ChunkTexts, OrderError> read_chunk_texts(
    const std::vector<std::string_view>& elements) {
    ChunkTexts input;
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

std::vector<std::size_t> legs_by_beginning(const std::vector<chunk::Chunk>& chunks,
                                           const order::Flow& flow) {
    std::unordered_map<std::string_view, std::size_t, wire::TextHash> legs;
    for (const order::Event& event : flow.events) {
        legs.emplace(chunks[event.chunk].call_id, legs.size());
    }
    std::vector<std::size_t> leg_of;
    leg_of.reserve(chunks.size());
    for (const chunk::Chunk& chunk : chunks) leg_of.push_back(legs[chunk.call_id]);
    return leg_of;
}

}  // namespace ci::commands
