// A session description in a line: "audio 192.0.2.1:4000 PCMA,PCMU sendrecv".
#pragma once

#include <string>

#include "chunk/chunk.h"

namespace ci::ladder {

/// Of each stream its address and port, codecs and direction (RFC 3264). Empty: the message has no
/// description, or none that can be read. At most 400 cells; "…" marks a cut.
[[nodiscard]] std::u32string sdp_text(const chunk::Chunk& chunk);

}  // namespace ci::ladder
