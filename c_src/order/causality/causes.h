// Hard causality: what cannot have happened in the other order, whatever clocks say.
//
//   a response          after its request           same hop reversed, top branch, CSeq
//   any other response  after the 100 of its server same INVITE transaction, unless a capture saw
//   it
//                                                   pass before that
//   a forwarded request after the one received      its Via stack is the other's with more on top
//   a forwarded response likewise                   its Via stack is the other's with less on top
//   a retransmission    after the transmission before
//   a CANCEL            after the INVITE it cancels RFC 3261 9.1: same branch and CSeq number
//   a 487               after the CANCEL            likewise
//   an ACK              after the final response    same hop, CSeq number and To tag; that of a 2xx
//                                                   leaves from where the 2xx arrived
//   a PRACK             after the 1xx it names      RFC 3262: same hop, To tag, RSeq in its RAck
#pragma once

#include <vector>

#include "order/causality/causal_graph.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

/// Nodes are indexes of Transmissions::all. Each transmission has one nearest cause of each kind,
/// so the edges are no more than a few for each.
[[nodiscard]] std::vector<Edge> find_causes(const Observations& observations,
                                            const Timebase& timebase,
                                            const Transmissions& transmissions);

/// Indexes of Transmissions::messages, by the time of each one's first transmission.
[[nodiscard]] std::vector<std::uint32_t> by_time(const Transmissions& transmissions);

/// Finds the earliest message of those that share a key, if keys are added in order of time.
class Earliest {
  public:
    /// `keys`: how many there will be, roughly.
    explicit Earliest(std::size_t keys) { table_.reserve(keys); }
    void add(const Key& key, std::uint32_t message) { table_.emplace(key, message); }
    /// Index of the message, or `none`.
    [[nodiscard]] std::uint32_t of(const Key& key) const {
        const std::uint32_t* found = table_.find(key);
        return found == nullptr ? none : *found;
    }
    static constexpr std::uint32_t none = UINT32_MAX;

  private:
    Table<std::uint32_t> table_;
};

}  // namespace ci::order
