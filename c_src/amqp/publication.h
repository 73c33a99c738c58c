// What goes out, and how it is made: Kazoo's JSON, and ours.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/observe/clock.h"
#include "wire/micros.h"

namespace ci::amqp {

inline constexpr std::string_view monitor = "monitor", targeted = "targeted";

struct Publication {
    std::string exchange;
    std::string key;  ///< on `targeted` the Server-ID as it was; parse_server_id() takes it apart
    std::string body;
    friend bool operator==(const Publication&, const Publication&) = default;
};

/// What all bodies have. What is empty is left out, as Kazoo does.
struct Headers {
    std::string_view event_name;
    std::string node, msg_id;
};

/// One inspector's chunks of a call, in any order.
using Part = std::vector<chunk::Chunk>;

enum class Answering : std::uint8_t { lookup, filter, gather_chunks, gather_call_ids };

/// All that an answer is made of.
struct Answer {
    Answering to = Answering::lookup;
    std::string server_id, msg_id, node, instance;
    std::string call_id;                            ///< of a lookup
    std::vector<Part> parts;                        ///< of lookup and gather_chunks
    std::vector<std::shared_ptr<const void>> room;  ///< for these: Responder::TakeRoom
    std::vector<std::string> call_ids;              ///< of filter and gather_call_ids
    std::vector<std::string> missing;               ///< who did not say what they have
    wire::Micros at = 0;                            ///< when it is made, by the wall clock
    /// What peers know of the clocks that stamped their parts; each by the clock of its collector.
    std::vector<order::ClockPrior> clocks;
};

/// The parts as one. The same observation in several of them (same observer, stamp, ends and
/// octets: a store that is shared, a sender that mirrors to two inspectors) counts once; what one
/// inspector has twice stays twice.
[[nodiscard]] Part merge(std::vector<Part> parts);

/// Slow for a long call: it is merged and put in order here. `priors`: what we know of clocks, as
/// order::order() wants it.
[[nodiscard]] Publication publication(Answer answer,
                                      std::span<const order::ClockPrior> priors = {});

/// `leaving`: goodbye.
[[nodiscard]] Publication present(const Headers& headers, const std::string& instance,
                                  const std::string& queue, bool leaving);
[[nodiscard]] Publication gather_req(const Headers& headers, const std::string& instance,
                                     const std::string& queue,
                                     const std::vector<std::string>& call_ids, bool of_one_call);

}  // namespace ci::amqp
