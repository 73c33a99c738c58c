// Recorded runs as ordering sees them: the chunks of each call, and the truth from a packet capture
// of the SIP itself (tests/data/recordings/README.md).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "chunk/chunk.h"
#include "order/order.h"
#include "wire/micros.h"

namespace ci::order::recorded {

/// One message of the packet capture.
struct Sent {
    std::string src, dst, label, cseq;
    wire::Micros at = 0;
    bool mirrored = false;  ///< at least one sender reported it
};

struct Call {
    std::string id;
    std::vector<Sent> truth;
    std::vector<chunk::Chunk> chunks;      ///< by arrival
    std::vector<std::size_t> shows;        ///< by chunk: index into `truth`
    std::vector<std::size_t> datagram;     ///< by chunk: its place in the whole run, by arrival
    std::vector<std::size_t> retransmits;  ///< indexes into `truth`
};

/// Reads `tests/data/recordings/<run>`; *.gz with gzip(1).
std::vector<Call> read_run(const std::string& run);

/// Describes what is wrong with the flow; empty: it is exact. Messages closer than `either_order`
/// in the capture may be in either order, unless one caused the other.
std::string mistakes(const Call& call, const Flow& flow, wire::Micros either_order = 300);

}  // namespace ci::order::recorded
