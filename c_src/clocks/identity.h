// Which message a chunk shows: two observers of one hop report the same identity.
#pragma once

#include <cstdint>

#include "chunk/chunk.h"

namespace ci::clocks {

/// A hash of Call-ID, CSeq, start line, source and destination: mirroring leaves these unchanged,
/// and they need no parsing. A retransmission has the identity of the first transmission.
[[nodiscard]] std::uint64_t identity(const chunk::Draft& draft) noexcept;

}  // namespace ci::clocks
