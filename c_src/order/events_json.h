// Events as answers show them: a JSON array.
#pragma once

#include <span>
#include <string>

#include "chunk/chunk.h"
#include "order/order.h"

namespace ci::order {

/// "[chunk,chunk]": the JSON of each event's chunk as it was read. A retransmission gets an
/// additional member `retransmission` with its number.
std::string events_json(std::span<const chunk::Chunk> chunks, const Flow& flow);

}  // namespace ci::order
