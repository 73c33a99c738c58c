// Shorthand for decoders of headers.
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/reader.h"

namespace ci::packets {

/// Precondition: `at < bytes.size()`.
[[nodiscard]] inline unsigned octet(wire::Bytes bytes, std::size_t at) noexcept {
    return std::to_integer<unsigned>(bytes[at]);
}

/// Precondition: `at < text.size()`.
[[nodiscard]] inline unsigned octet(std::string_view text, std::size_t at) noexcept {
    return static_cast<unsigned char>(text[at]);
}

/// The bytes behind the first `count`; empty if there are none.
[[nodiscard]] inline wire::Bytes behind(wire::Bytes bytes, std::size_t count) noexcept {
    return count < bytes.size() ? bytes.subspan(count) : wire::Bytes();
}

}  // namespace ci::packets
