// Where a reader of a TCP connection finds the end of a message (RFC 3261 18.3).
#pragma once

#include <cstddef>
#include <string_view>

namespace ci::synthesis {

/// How many octets a reader misses before it can look for the next message behind `octets`: 0 if
/// the message ends where its Content-Length says. What the header promises and is not there is
/// missing; at least one octet is, if the end cannot be told. No more than `most`.
[[nodiscard]] std::size_t missing_on_stream(std::string_view octets, std::size_t most);

}  // namespace ci::synthesis
