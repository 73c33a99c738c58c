// A call flow as text, the way engineers draw it on paper:
//
//   2026-11-21 UTC              192.0.2.1:5060                 192.0.2.2:5060
//   0 10:15:03.120  0.000              │──────── INVITE ────────▶│  a
//                                      │ audio 192.0.2.1:4000 PCMA sendrecv
//   1 10:15:03.122  0.002 +0.002       │◀────── 100 Trying ──────│  ab
//
// There is a column for each host and a row for each event, with its place in the answer of
// call_details, its time on the common clock, the time since the first row and the row above and,
// if there are several observers, the observers that saw it. Below follow what is wrong with the
// call, the observers' clocks and what could not be reconciled. A "~" before the time marks an
// event whose place among the others is guessed (order::Event::guessed).
#pragma once

#include <span>
#include <string>

#include "chunk/chunk.h"
#include "ladder/view.h"
#include "order/order.h"

namespace ci::ladder {

/// UTF-8; lines end in a line feed. Rows keep to View::width. A flow with more hosts than columns
/// have room for becomes a list, with lines such as "192.0.2.1:5060 ─▶ 192.0.2.2:5060  ACK".
[[nodiscard]] std::string text(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                               const View& view = {});

/// Why this view is of nothing in the flow: it names a leg or a host that is not there. Empty: it
/// does not. One line without a line feed.
[[nodiscard]] std::string complaint(std::span<const chunk::Chunk> chunks, const order::Flow& flow,
                                    const View& view);

}  // namespace ci::ladder
