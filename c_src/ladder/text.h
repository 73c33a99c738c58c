// A call flow as text, the way engineers draw it on paper:
//
//   2026-11-21 UTC                     192.0.2.1:5060                     192.0.2.2:5060
//   10:15:03.120                             │──────── INVITE (SDP) ──────────▶│              a
//   10:15:03.122     +0.002                  │◀──────── 100 Trying ────────────│              ab
//
// There is a column for each entity and a row for each event, with its time on the common clock,
// the distance to the row above and, if there are several observers, the observers that saw it.
// Below follow the observers' clocks and what could not be reconciled. A "~" before the time marks
// an event whose place among the others is guessed (order::Event::guessed).
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"

namespace ci::ladder {

/// What a drawing shows beside the flow itself.
struct View {
    /// By chunk: its leg's letter, shown before the arrow; empty: there is one leg.
    std::vector<std::string> legs = {};
    /// The name of the host that an endpoint belongs to, which is its column; an empty name, or no
    /// function: the endpoint is a column of its own. Of a host with several endpoints the message
    /// tells which one it was.
    std::function<std::string(std::string_view endpoint)> host = {};
};

/// UTF-8; lines end in a line feed. No line is wider than a terminal of 120 cells unless a name is.
/// A flow with more entities than columns have room for becomes a list, with lines such as
/// "192.0.2.1:5060 ─▶ 192.0.2.2:5060  ACK".
[[nodiscard]] std::string text(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                               const View& view = {});

}  // namespace ci::ladder
