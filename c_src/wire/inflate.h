// What a sender compressed, with gzip, zlib, or deflate alone: HEP field 16 (captagent calls zlib's
// compress()), AMQP bodies (content_encoding gzip).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ci::wire {

/// Appends what `compressed` says, if it is whole and has at most `largest` bytes; else returns
/// false and leaves `out` as it was. The first bytes tell which format it is.
[[nodiscard]] bool inflate(std::string_view compressed, std::size_t largest, std::string& out);

}  // namespace ci::wire
