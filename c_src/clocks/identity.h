// Which message a chunk shows: two observers of one hop report the same identity.
#pragma once

#include <cstdint>

#include "chunk/chunk.h"

namespace ci::clocks {

/// Of its Call-ID, CSeq, start line, source and destination: what mirroring leaves as it is, and
/// what needs no look into the message. A retransmission has the identity of the first.
[[nodiscard]] std::uint64_t identity(const chunk::Draft& draft) noexcept;

}  // namespace ci::clocks
