// Chunks given as JSON texts, from a call's file or any other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/observe/clock.h"
#include "order/order.h"
#include "wire/result.h"

namespace ci::commands {

struct OrderError {
    std::string why;
};

struct ChunkTexts {
    std::vector<chunk::Chunk> chunks;
    std::vector<order::ClockPrior> priors;  ///< {"clock": {...}} among them, docs/ordering.md
};

/// An element that is neither a chunk nor a clock is an error.
[[nodiscard]] wire::expected<ChunkTexts, OrderError> read_chunk_texts(
    const std::vector<std::string_view>& elements);

/// By chunk: its dialogue's number in the order in which dialogues begin.
[[nodiscard]] std::vector<std::size_t> legs_by_beginning(const std::vector<chunk::Chunk>& chunks,
                                                         const order::Flow& flow);

}  // namespace ci::commands
