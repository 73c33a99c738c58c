// Events as answers show them: a JSON array.
#pragma once

#include <span>
#include <string>

#include "chunk/chunk.h"
#include "dialog/order.h"

namespace ci::dialog {

/// "[chunk,chunk]": each event's chunk as it was read; a retransmission gets a member
/// `retransmission` with its number.
std::string array_of(std::span<const chunk::Chunk> chunks, const Flow& flow);

}  // namespace ci::dialog
