#include "commands/ordered.h"

#include <vector>

#include "calls/findings/analysis_json.h"
#include "chunk/chunk.h"
#include "commands/chunk_texts.h"
#include "order/events_json.h"
#include "order/order.h"

namespace ci::commands {
namespace {

std::string ordered(const ChunkTexts& input) {
    return order::events_json(input.chunks, order::order(input.chunks, input.priors));
}

/// Dialogues are legs in the order in which they begin.
std::string analysed(const ChunkTexts& input) {
    const order::Flow flow = order::order(input.chunks, input.priors);
    const std::vector<std::size_t> leg_of = legs_by_beginning(input.chunks, flow);
    const auto course = calls::course_of(input.chunks, flow, leg_of, {});
    return calls::analysis_json(calls::analysis_of(course), course.legs > 1);
}

/// A batch gives an array of what `answer` makes of each of its arrays.
wire::expected<std::string, OrderError> answer_json(std::string_view text,
                                                    std::string (*answer)(const ChunkTexts&)) {
    const auto elements = chunk::split_array(text);
    if (!elements) return OrderError{"not a JSON array"};
    const bool is_batch = !elements->empty() && elements->front().starts_with('[');
    if (!is_batch) {
        const auto input = read_chunk_texts(*elements);
        if (!input) return input.error();
        return answer(*input) + '\n';
    }
    std::string out = "[";
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto inner = chunk::split_array((*elements)[i]);
        if (!inner) return OrderError{"element " + std::to_string(i) + " is not an array"};
        const auto input = read_chunk_texts(*inner);
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
