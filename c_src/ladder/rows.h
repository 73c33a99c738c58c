// The rows of a drawing: which events it shows, what was folded into them, and what nobody saw.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "ladder/columns.h"
#include "ladder/view.h"
#include "order/order.h"
#include "wire/micros.h"

namespace ci::ladder {

struct Row {
    std::size_t event = 0;  ///< index into Flow::events; of a gap the event that shows it
    const order::MissingRequest* gap = nullptr;  ///< not null: a request that nobody saw
    std::size_t sent = 1, lost = 0;              ///< transmissions, and how many did not arrive
    wire::Micros last = 0;                       ///< when the last one was sent
    std::vector<std::size_t> remarks;            ///< indexes into View::remarks
    std::string_view why;                        ///< what a message of another leg made it ...
    std::size_t cause = 0;                       ///< ... and that message; if `why` is not empty
};

[[nodiscard]] std::vector<Row> rows_of(std::span<const chunk::Chunk> chunks,
                                       const order::Flow& flow, const View& view,
                                       const Columns& columns);

}  // namespace ci::ladder
