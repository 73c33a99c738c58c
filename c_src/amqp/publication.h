// Makes the messages to be published: Kazoo's JSON, and that between inspectors.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "amqp/inquiry.h"
#include "calls/rules.h"
#include "chunk/chunk.h"
#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::amqp {

inline constexpr std::string_view monitor = "monitor", targeted = "targeted";

struct Publication {
    std::string exchange;
    std::string key;  ///< on `targeted` the unchanged Server-ID; parse_server_id() takes it apart
    std::string body;
    friend bool operator==(const Publication&, const Publication&) = default;
};

/// The members common to all bodies. Empty ones are left out, as in Kazoo.
struct Headers {
    std::string_view event_name;
    std::string node, msg_id;
};

/// One inspector's chunks of a call, in any order.
using Part = std::vector<chunk::Chunk>;

enum class Answering : std::uint8_t {
    lookup,
    filter,
    gather_chunks,
    gather_call_ids,
    report,    ///< to a peer's inquiry
    ourselves  ///< to our own inquiry; nothing is published
};

/// The input for an answer.
struct Answer {
    Answering to = Answering::lookup;
    std::string server_id, msg_id, node, instance;
    std::string call_id;                            ///< of a lookup
    std::vector<Part> parts;                        ///< of lookup, gather_chunks and report
    std::vector<std::shared_ptr<const void>> room;  ///< memory for `parts`: Responder::TakeRoom
    std::vector<std::string> call_ids;              ///< of filter and gather_call_ids
    std::vector<std::string> missing;               ///< inspectors whose part is missing
    Report report;                                  ///< of report
    wire::Micros at = 0;                            ///< wall clock time of the answer
    /// Peers' knowledge of the clocks that stamped their parts, relative to each peer's own clock.
    std::vector<order::ClockPrior> clocks;
};

/// Merges the parts. An observation in several parts (same observer, stamp, ends and octets) counts
/// once: the store is shared, or a sender mirrors to two inspectors. An observation that one
/// inspector has twice stays twice. `part_of`: takes the number of each result's part.
[[nodiscard]] Part merge(std::vector<Part> parts, std::vector<std::size_t>* part_of = nullptr);

/// Adds the peers' priors. A peer's offsets are relative to its own clock, which agrees with ours
/// only as far as NTP does, so the spread has a lower bound.
[[nodiscard]] std::vector<order::ClockPrior> with_peers(std::span<const order::ClockPrior> own,
                                                        std::vector<order::ClockPrior> peers);

/// Merges the call and puts it in order, which is slow for a long call. `priors`: our own knowledge
/// of clocks, for order::order(). `rules`: the names of hosts, for the analysis.
[[nodiscard]] Publication publication(Answer answer, std::span<const order::ClockPrior> priors = {},
                                      const calls::Rules& rules = {});

/// `leaving`: a goodbye.
[[nodiscard]] Publication present(const Headers& headers, const std::string& instance,
                                  const std::string& queue, bool leaving);
[[nodiscard]] Publication gather_req(const Headers& headers, const std::string& instance,
                                     const std::string& queue,
                                     const std::vector<std::string>& call_ids, bool of_one_call);
[[nodiscard]] Publication inquiry_req(const Headers& headers, const std::string& instance,
                                      const std::string& queue, const Inquiry& inquiry);

}  // namespace ci::amqp
