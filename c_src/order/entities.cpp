#include <string_view>
#include <unordered_set>

#include "order/order.h"
#include "wire/hash.h"

namespace ci::order {

std::vector<std::string> entities(std::span<const chunk::Chunk> chunks, const Flow& flow) {
    std::vector<std::string> found;
    std::unordered_set<std::string_view, wire::TextHash> known;
    for (const Event& event : flow.events) {
        const chunk::Chunk& chunk = chunks[event.chunk];
        if (!chunk.event.empty()) continue;  // an event's peer is no endpoint of the dialogue
        for (const std::string_view end :
             {std::string_view(chunk.src), std::string_view(chunk.dst)}) {
            if (!end.empty() && known.insert(end).second) found.emplace_back(end);
        }
    }
    return found;
}

}  // namespace ci::order
