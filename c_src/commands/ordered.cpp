#include "commands/ordered.h"

#include <vector>

namespace ci::commands {
namespace {

wire::expected<std::string, OrderError> order_array(const std::vector<std::string_view>& elements) {
    std::vector<chunk::Chunk> chunks;
    chunks.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i) {
        auto chunk = chunk::read_line(elements[i]);
        if (!chunk) {
            return OrderError{"element " + std::to_string(i) +
                              " is not a chunk: it needs at least a label or raw lines"};
        }
        chunks.push_back(*std::move(chunk));
    }
    return array_of(chunks, dialog::order(chunks));
}

}  // namespace

std::string array_of(std::span<const chunk::Chunk> chunks, const dialog::Flow& flow) {
    constexpr std::size_t more = 32;  // than the chunk: a comma, the number of a retransmission
    std::size_t length = more;
    for (const dialog::Event& event : flow.events) length += chunks[event.chunk].json.size() + more;
    std::string out;
    out.reserve(length);
    out += '[';
    for (const dialog::Event& event : flow.events) {
        if (out.size() > 1) out += ',';
        out += chunks[event.chunk].json;
        if (event.retransmission == 0) continue;
        out.pop_back();  // the object's closing brace
        out += ",\"retransmission\":" + std::to_string(event.retransmission) + "}";
    }
    out += ']';
    return out;
}

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
