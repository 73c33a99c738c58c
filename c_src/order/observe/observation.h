// What one chunk says that matters for ordering.
//
// Observations stand in an order of their own, by content, whatever order the chunks came in.
// Everything after this works on that sequence, so no later step has to care about the order of
// the input; chunks that are equal in every member are interchangeable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "chunk/chunk.h"
#include "order/observe/interner.h"
#include "wire/micros.h"

namespace ci::order {

struct Observation {
    std::size_t chunk = 0;       ///< index into the chunks given
    std::uint32_t observer = 0;  ///< index into Observations::observers

    Symbol src = 0, dst = 0;            ///< "host:port"
    Symbol src_host = 0, dst_host = 0;  ///< without port and brackets
    Symbol label = 0;                   ///< the start line

    bool request = true;
    std::uint16_t status = 0;  ///< of a response; 0: not told
    Symbol method = 0;         ///< a response's is its CSeq's
    std::uint64_t number = 0;  ///< CSeq
    Symbol vias = 0;           ///< Observations::stacks; 0: none at hand, as in logs
    Symbol from_tag = 0, to_tag = 0;
    std::uint64_t reliable = 0;  ///< RSeq of a 1xx, or the one that a PRACK's RAck names (RFC 3262)
    bool cut = false;  ///< before its CSeq: what is missing is others' word (cut_messages.h)

    std::uint32_t ip_id = 0;  ///< of the datagram, where a capture saw it; 0: none
    std::uint64_t place = 0;  ///< where it was seen: TTL and link addresses; 0: not told

    wire::Micros arrival = 0;           ///< 0 to `latest_time`
    std::optional<wire::Micros> stamp;  ///< the observer's own; empty: none, or not a time

    [[nodiscard]] bool provisional() const { return !request && status >= 100 && status < 200; }
    [[nodiscard]] bool final() const { return !request && status >= 200; }
    [[nodiscard]] bool success() const { return !request && status >= 200 && status < 300; }
};

struct Observations {
    std::vector<Observation> all;
    std::vector<std::string_view> observers;  ///< names, sorted
    ViaStacks stacks;
    /// By Via (ViaStacks::top): the host that it names as its sender's; 0 or beyond: none. Only
    /// where something came from a log, which shows no Vias.
    std::vector<Symbol> via_hosts;
};

/// Times beyond are not times. ClockDifferences of two that are left can be added up without
/// overflow and are exact as doubles.
inline constexpr wire::Micros latest_time = wire::Micros{1} << 53U;  // in the year 2255

/// Views point into the chunks.
[[nodiscard]] Observations observe(std::span<const chunk::Chunk> chunks);

}  // namespace ci::order
