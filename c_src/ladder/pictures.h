// The drawing of text.h in two other forms.
#pragma once

#include <span>
#include <string>

#include "chunk/chunk.h"
#include "ladder/view.h"
#include "order/order.h"

namespace ci::ladder {

/// A document of SVG 1.1, as wide as its hosts need, without scripts, styles or links: it can be
/// put into a ticket. Of a message the group `mN`, by its place in the answer of call_details.
[[nodiscard]] std::string svg(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                              const View& view);

/// A sequence diagram of Mermaid, for wikis and tickets that draw it.
[[nodiscard]] std::string mermaid(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                                  const View& view);

}  // namespace ci::ladder
