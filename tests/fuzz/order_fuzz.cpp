// Any JSON is ordered and analysed, or refused with a reason; what is ordered is a part of what was
// given, and comes out the same whichever way round it is given.
#include <algorithm>
#include <vector>

#include "commands/ordered.h"
#include "ladder/text.h"
#include "must.h"
#include "order/events_json.h"
#include "order/order.h"

namespace ci::fuzz {
namespace {

void order_does_not_depend_on_the_input(std::string_view text) {
    const auto elements = chunk::split_array(text);
    if (!elements) return;
    std::vector<chunk::Chunk> chunks;
    for (const auto element : *elements) {
        if (auto chunk = chunk::read_line(element)) chunks.push_back(*std::move(chunk));
    }
    const auto flow = order::order(chunks);
    std::vector<bool> seen(chunks.size(), false);
    for (const auto& event : flow.events) {
        must(!event.seen.empty() && event.seen.front() == event.chunk, "an event was observed");
        for (const std::size_t index : event.seen) {
            must(index < chunks.size() && !seen[index], "an observation belongs to one event");
            seen[index] = true;
        }
    }
    must(std::find(seen.begin(), seen.end(), false) == seen.end(), "nothing is lost");
    const std::string given = order::events_json(chunks, flow);
    must(!ladder::text(chunks, flow).empty(), "there is a picture of everything");
    std::reverse(chunks.begin(), chunks.end());
    must(order::events_json(chunks, order::order(chunks)) == given, "the order is the order");
}

}  // namespace
}  // namespace ci::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto ordered = ci::commands::order_json(text);
    if (ordered) {
        ci::fuzz::must(ci::chunk::split_array(*ordered).has_value(), "the answer is an array");
    } else {
        ci::fuzz::must(!ordered.error().why.empty(), "an error says why");
    }
    const auto analysed = ci::commands::analysis_json(text);
    ci::fuzz::must(analysed.has_value() == ordered.has_value(), "what is ordered is analysed");
    ci::fuzz::order_does_not_depend_on_the_input(text);
    return 0;
}
