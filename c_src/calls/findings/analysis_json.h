// The member `analysis` of answers (docs/findings.md).
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "calls/findings/analysis.h"
#include "calls/rules.h"
#include "chunk/chunk.h"
#include "order/order.h"

namespace ci::calls {

/// A to Z, then A1 to Z1 ...
[[nodiscard]] std::string letter(std::size_t leg);

/// A JSON object. `has_legs`: media and findings name their legs.
[[nodiscard]] std::string analysis_json(const Analysis& analysis, bool has_legs);

/// An array with one object, "[]" if there is no message. `leg_of`: of each chunk; empty: they are
/// of one dialogue.
[[nodiscard]] std::string analysis_text(std::span<const chunk::Chunk> chunks,
                                        const order::Flow& flow,
                                        std::span<const std::size_t> leg_of, const Rules& rules,
                                        const FindingLimits& limits = {});

}  // namespace ci::calls
