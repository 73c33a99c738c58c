// Decompresses gzip, zlib and raw deflate: HEP field 16 (captagent calls zlib's compress()), AMQP
// bodies (content_encoding gzip).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ci::wire {

/// Appends the decompressed data to `out`. The first bytes tell the format. False: the data is
/// broken or cut, or larger than `largest` bytes; `out` is unchanged then.
[[nodiscard]] bool inflate(std::string_view compressed, std::size_t largest, std::string& out);

}  // namespace ci::wire
