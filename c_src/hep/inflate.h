// HEP field 16: a payload that the sender compressed, with gzip, zlib, or deflate alone; captagent
// calls zlib's compress().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ci::hep {

/// Appends what `compressed` says, if it is whole and has at most `largest` bytes; else returns
/// false and leaves `out` as it was. The first bytes tell which format it is.
[[nodiscard]] bool inflate(std::string_view compressed, std::size_t largest, std::string& out);

}  // namespace ci::hep
