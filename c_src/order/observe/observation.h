// What one chunk says that matters for ordering.
//
// Observations are sorted by arrival and content, so their sequence does not depend on the order of
// the input, and no later step has to care about it. Chunks that are equal in every member are
// interchangeable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/observe/interner.h"
#include "order/observe/via_stack.h"
#include "wire/micros.h"

namespace ci::order {

struct Observation {
    std::size_t chunk = 0;       ///< index into the chunks given
    std::uint32_t observer = 0;  ///< index into Observations::observers

    Symbol src = 0, dst = 0;            ///< "host:port"
    Symbol src_host = 0, dst_host = 0;  ///< without port and brackets
    Symbol label = 0;                   ///< the start line

    bool request = true;
    std::uint16_t status = 0;  ///< of a response; 0: unknown
    Symbol method = 0;         ///< of a response: the one in its CSeq
    std::uint64_t number = 0;  ///< CSeq
    Symbol vias = 0;           ///< index into Observations::stacks; 0: no Vias, as in logs
    Symbol from_tag = 0, to_tag = 0;
    std::uint64_t reliable = 0;  ///< RSeq of a 1xx, or the RSeq in a PRACK's RAck (RFC 3262)
    bool cut = false;  ///< cut off before its CSeq: other messages supply the rest (cut_messages.h)

    bool address_inferred = false;  ///< the observer did not tell one of the addresses
    /// A log that stamps whole seconds or not at all, and is read in batches.
    bool from_coarse_log = false;
    std::uint64_t log_position = 0;  ///< where in such a log it was found

    std::uint32_t message = 0;   ///< the number of its message (messages.h)
    std::uint32_t dialogue = 0;  ///< index into Observations::dialogues

    std::uint32_t ip_id = 0;  ///< IP identification of the datagram, from a capture; 0: none
    std::uint64_t place = 0;  ///< where a capture saw it: TTL and link addresses; 0: unknown

    wire::Micros arrival = 0;  ///< 0 to `latest_time`; corrected if the link is late (late_links.h)
    wire::Micros received = 0;          ///< the arrival as the collector's clock saw it
    std::optional<wire::Micros> stamp;  ///< the observer's; empty: none, or not a time

    [[nodiscard]] bool provisional() const { return !request && status >= 100 && status < 200; }
    [[nodiscard]] bool final() const { return !request && status >= 200; }
    [[nodiscard]] bool success() const { return !request && status >= 200 && status < 300; }
};

struct Observations {
    std::vector<Observation> all;
    /// What coarse logs tell that others saw as well; later among `all` (log_places.h).
    std::vector<Observation> in_coarse_logs;
    std::vector<std::string_view> observers;  ///< names, sorted
    std::vector<std::string_view> dialogues;  ///< Call-IDs, sorted; usually one
    /// By observer: its link is late (late_links.h).
    std::vector<bool> late;
    /// By observer: its link is late, and it has no clock, so that only the order of its arrivals
    /// tells anything (late_links.h).
    std::vector<bool> uneven;
    ViaStacks stacks;
    /// By Via (ViaStacks::top): the host of its sent-by; 0 or beyond the end: none. Filled only if
    /// some message came from a log, which shows no Vias, or if there are several dialogues.
    std::vector<Symbol> via_hosts;
};

/// Greater values are not times. Differences of the times that are left can be added without
/// overflow and are exact as doubles.
inline constexpr wire::Micros latest_time = wire::Micros{1} << 53U;  // in the year 2255

/// Views point into the chunks.
[[nodiscard]] Observations observe(std::span<const chunk::Chunk> chunks);

}  // namespace ci::order
