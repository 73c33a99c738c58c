// Bounded reads of integers from untrusted bytes. Each read takes a span of fixed size, so that the
// caller has to check the length first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ci::wire {

using Bytes = std::span<const std::byte>;

template <class Int>
[[nodiscard]] constexpr Int read_be(std::span<const std::byte, sizeof(Int)> bytes) noexcept {
    Int value = 0;
    for (const std::byte b : bytes) {
        value = static_cast<Int>((static_cast<std::uint64_t>(value) << 8U) |
                                 std::to_integer<std::uint64_t>(b));
    }
    return value;
}

template <class Int>
[[nodiscard]] constexpr Int read_le(std::span<const std::byte, sizeof(Int)> bytes) noexcept {
    Int value = 0;
    for (std::size_t i = sizeof(Int); i-- > 0;) {
        value = static_cast<Int>((static_cast<std::uint64_t>(value) << 8U) |
                                 std::to_integer<std::uint64_t>(bytes[i]));
    }
    return value;
}

/// The caller has checked that `at + sizeof(Int)` bytes are there.
template <class Int>
[[nodiscard]] constexpr Int be_at(Bytes bytes, std::size_t at) noexcept {
    return read_be<Int>(bytes.subspan(at).first<sizeof(Int)>());
}
template <class Int>
[[nodiscard]] constexpr Int le_at(Bytes bytes, std::size_t at) noexcept {
    return read_le<Int>(bytes.subspan(at).first<sizeof(Int)>());
}

[[nodiscard]] inline std::string_view as_text(Bytes bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text));
}

}  // namespace ci::wire
