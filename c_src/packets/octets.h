// Shorthand for decoders of headers.
#pragma once

#include <cstdint>

#include "wire/reader.h"

namespace ci::packets {

/// The caller has checked that it is there.
[[nodiscard]] inline unsigned octet(wire::Bytes bytes, std::size_t at) noexcept {
    return std::to_integer<unsigned>(bytes[at]);
}

/// Without the first `count`; empty if there are no more.
[[nodiscard]] inline wire::Bytes behind(wire::Bytes bytes, std::size_t count) noexcept {
    return count < bytes.size() ? bytes.subspan(count) : wire::Bytes();
}

}  // namespace ci::packets
