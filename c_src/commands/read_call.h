// A whole call: its legs and their messages, in one order.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "calls/joining.h"
#include "chunk/chunk.h"
#include "inspector/inspector.h"
#include "order/order.h"

namespace ci::commands {

/// Messages of all legs together; a leg that would exceed this is left out.
inline constexpr std::size_t most_messages = 20'000;

/// What several inspectors keep of a call.
struct Keepers {
    std::map<std::string, std::set<std::string>> of_leg;  ///< Call-ID to names
    std::vector<std::string> missing;                     ///< who did not answer
    /// By chunk: the number of the inspector, by which its places are told from those of others.
    std::vector<std::size_t> part_of;
};

/// calls::Proof::place, of a message in the store of the inspector of that number. Places are below
/// 2^54: microseconds since 1970, plus a count.
[[nodiscard]] constexpr std::uint64_t place_in_part(std::size_t part, std::uint64_t place) {
    return static_cast<std::uint64_t>(part) << 54U | place;
}

struct WholeCall {
    std::vector<calls::Leg> legs;      ///< by letter
    std::vector<chunk::Chunk> chunks;  ///< of all legs
    std::vector<std::size_t> leg_of;   ///< by chunk
    order::Flow flow;
    std::string incomplete;          ///< why legs may be missing; empty: they are not
    std::string error;               ///< why the file of the asked dialogue cannot be read
    std::optional<Keepers> keepers;  ///< if all inspectors were asked
};

/// What this inspector keeps.
[[nodiscard]] WholeCall read_whole_call(inspector::Inspector& inspector,
                                        const std::string& call_id);

/// Makes `flow`, and sorts the legs by it.
void put_in_order(WholeCall& call, std::span<const order::ClockPrior> priors);

}  // namespace ci::commands
