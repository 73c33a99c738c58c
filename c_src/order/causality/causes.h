// Hard causality: what cannot have happened in the other order, whatever clocks say.
//
//   a response          after its request           same hop reversed, top branch, CSeq
//   any other response  after the 100 of its server same INVITE transaction, unless a capture saw
//                                                   the response pass before the 100
//   a forwarded request after the one received      its Via stack is the other's with more on top
//   a forwarded response likewise                   its Via stack is the other's with less on top
//   a retransmission    after the transmission before
//   a CANCEL            after the INVITE it cancels RFC 3261 9.1: same branch and CSeq number
//   a 487               after the CANCEL            likewise
//   an ACK              after the final response    same hop, CSeq number and To tag; the ACK of a
//                                                   2xx leaves from where the 2xx arrived
//   a PRACK             after the 1xx it names      RFC 3262: same hop, To tag, RSeq in its RAck
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// Nodes are indexes into Transmissions::all. Each transmission has only the nearest cause of each
/// kind, so it adds no more than a few edges.
[[nodiscard]] std::vector<Edge> find_causes(const Observations& observations,
                                            const Timebase& timebase,
                                            const Transmissions& transmissions);

/// Indexes into Transmissions::messages, sorted by the time of each message's first transmission.
[[nodiscard]] std::vector<std::uint32_t> by_time(const Transmissions& transmissions);

/// Finds the earliest of the messages that share a key. Keys must be added in order of time.
class Earliest {
  public:
    /// `keys`: roughly how many keys there will be.
    explicit Earliest(std::size_t keys) { table_.reserve(keys); }
    void add(const Key& key, std::uint32_t message) { table_.emplace(key, message); }
    /// The index of the message, or `none`.
    [[nodiscard]] std::uint32_t of(const Key& key) const {
        const std::uint32_t* found = table_.find(key);
        return found == nullptr ? none : *found;
    }
    static constexpr std::uint32_t none = UINT32_MAX;

  private:
    KeyMap<std::uint32_t> table_;
};

}  // namespace ci::order
