#include "order/events_json.h"

namespace ci::order {

std::string events_json(std::span<const chunk::Chunk> chunks, const Flow& flow) {
    constexpr std::size_t more = 32;  // for a comma and a retransmission's number
    std::size_t length = more;
    for (const Event& event : flow.events) length += chunks[event.chunk].json.size() + more;
    std::string out;
    out.reserve(length);
    out += '[';
    for (const Event& event : flow.events) {
        if (out.size() > 1) out += ',';
        out += chunks[event.chunk].json;
        if (event.retransmission == 0) continue;
        out.pop_back();  // the object's closing brace
        out += ",\"retransmission\":" + std::to_string(event.retransmission) + "}";
    }
    out += ']';
    return out;
}

}  // namespace ci::order
