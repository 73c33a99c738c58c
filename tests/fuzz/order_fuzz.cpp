// Any JSON is ordered and analysed, or refused with a reason; what is ordered is a part of what was
// given, and comes out the same whichever way round it is given.
#include <algorithm>
#include <span>
#include <vector>

#include "commands/ordered.h"
#include "ladder/text.h"
#include "must.h"
#include "order/events_json.h"
#include "order/order.h"
#include "wire/utf8.h"
#include "wire/visible.h"

namespace ci::fuzz {
namespace {

void a_picture_is_text_of_its_width(std::span<const chunk::Chunk> chunks, const order::Flow& flow) {
    for (const std::size_t width : {ladder::least_width, std::size_t{80}, std::size_t{200}}) {
        ladder::View view;
        view.width = width;
        view.open = view.ascii = width == 80;
        view.colour = width == 200;
        for (std::size_t i = 0; i < chunks.size(); ++i)
            view.legs.emplace_back(i % 2 == 0 ? "A" : "B1");
        view.remarks.push_back({"error", "x", "y", {0, 1, 2, chunks.size()}});
        const std::string drawn = ladder::text(chunks, flow, view);
        must(wire::visible_coloured(drawn) == drawn,
             "nothing in it acts on a terminal but colours");
        must(view.colour || wire::find_hidden(drawn) == std::string::npos, "nor do these, unasked");
        for (std::size_t at = 0; at < drawn.size() && !view.colour;) {
            const std::size_t end = drawn.find('\n', at);
            const auto cells = wire::count_utf8(std::string_view(drawn).substr(at, end - at));
            must(cells && *cells <= width, "a line keeps to the width");
            at = end + 1;
        }
    }
}

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
    a_picture_is_text_of_its_width(chunks, flow);
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
