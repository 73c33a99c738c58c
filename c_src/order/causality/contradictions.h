// Where stamps, causes and the protocol disagree: in words, for the operator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/causality/causal_graph.h"
#include "order/clocks/common_clock.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "wire/micros.h"

namespace ci::order {

class Contradictions {
  public:
    Contradictions(std::span<const chunk::Chunk> chunks, const Observations& observations,
                   const Transmissions& transmissions)
        : chunks_(chunks), observations_(observations), transmissions_(transmissions) {}

    void not_a_clock(std::string_view observer);
    void was_stepped(std::string_view observer, wire::Micros by);
    /// The observer's clock cannot be right; `ahead`: how far it is ahead of arrivals.
    void implausible(std::string_view observer, Standing how, wire::Micros ahead);
    void dated_by_arrival();
    void late(const Edge& edge, wire::Micros by, bool kept);
    void cycle(const Edge& edge);
    /// `observer` saw the two messages of one hop in the opposite order and was overruled.
    void turned(std::string_view observer, const Edge& edge, wire::Micros by);
    /// Sorted, without duplicates, and at most a page of texts.
    std::vector<std::string> take();

  private:
    [[nodiscard]] std::string name(std::uint32_t node) const;
    void add(std::string text);

    std::span<const chunk::Chunk> chunks_;
    const Observations& observations_;
    const Transmissions& transmissions_;
    std::vector<std::string> texts_;
    std::size_t left_out_ = 0;
};

}  // namespace ci::order
