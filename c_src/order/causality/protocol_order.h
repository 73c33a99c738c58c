// Soft causality: the order that well-behaved senders keep, used where stamps leave room for it.
//
//   100, then other provisional responses, then the final one     of one transaction on one hop
//   an ACK           after the final response, if they take different ways
//   a CANCEL         of a proxy after the one it received
//   requests         of one sender over one hop by CSeq number
//   a later request  after the ACK or the non-2xx response of the one before
//   BYE              after the ACK of its dialog, from either side
//
// PRACK, UPDATE, INFO and the like are sent while an INVITE is still open: they wait for no ACK.
#pragma once

#include <cstddef>
#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

struct ProtocolOrder {
    std::vector<Edge> edges;
    /// "All of these before all of those" goes through a node of its own, a gate, so that its edges
    /// are the sum and not the product of both counts. Gates are numbered from
    /// Transmissions::all.size(). This is the time of each gate: that of the earliest transmission
    /// behind it.
    std::vector<wire::Micros> gates;
};

/// `bounds`: the latest possible time of each transmission. An order that stamps contradict by more
/// than lateness explains is left out, unless one observer's own clock shows that order.
[[nodiscard]] ProtocolOrder find_protocol_order(const Observations& observations,
                                                const Timebase& timebase,
                                                const Transmissions& transmissions,
                                                const std::vector<wire::Micros>& bounds);

/// The order of one sender's messages over one hop, whatever stamps say. Stamps that contradict
/// this order are themselves suspect. Only pairs of messages, without gates.
[[nodiscard]] std::vector<Edge> find_strict_protocol_order(const Observations& observations,
                                                           const Timebase& timebase,
                                                           const Transmissions& transmissions);

}  // namespace ci::order
