// What an answer tells beside the messages in their order, as JSON texts (docs/commands.md,
// inspect_call_id).
#pragma once

#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"

namespace ci::commands {

/// For each of `messages`: the observers that saw it, when by their clocks, the observers that
/// should have, and what on another leg caused it.
[[nodiscard]] std::string events_text(const std::vector<chunk::Chunk>& chunks,
                                      const order::Flow& flow);
[[nodiscard]] std::string clocks_text(const order::Flow& flow);
[[nodiscard]] std::string gaps_text(const order::Flow& flow);
[[nodiscard]] std::string contradictions_text(const order::Flow& flow);

}  // namespace ci::commands
