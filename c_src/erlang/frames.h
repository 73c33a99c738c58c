// Cuts a stream of bytes into frames: Erlang's {packet,4}, a length before each payload.
//
//   length:u32 payload                        the integer is big-endian; length counts the payload
//
// Source: open_port/2, option {packet, N}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wire/reader.h"

namespace ci::erlang {

inline constexpr std::size_t frame_head = 4;
inline constexpr std::size_t max_frame = 64UL * 1024 * 1024;

/// Cuts pieces of any size into frames.
///
///     cutter.append(piece);
///     while (auto frame = cutter.next()) use(*frame);
///     if (cutter.oversized()) hang_up();
class FrameCutter {
  public:
    explicit FrameCutter(std::size_t limit = max_frame) : limit_(limit) {}

    void append(wire::Bytes piece);

    /// The next whole frame's payload. Empty: more has to be appended. The view is valid until the
    /// next call of append().
    [[nodiscard]] std::optional<wire::Bytes> next() noexcept;

    /// The length of a frame above the limit. The stream cannot go on then, and next() stays empty.
    [[nodiscard]] std::optional<std::size_t> oversized() const noexcept;

    /// Bytes of a frame that has not ended yet.
    [[nodiscard]] std::size_t unfinished() const noexcept { return buffer_.size() - at_; }

  private:
    std::size_t limit_;
    std::vector<std::byte> buffer_;
    std::size_t at_ = 0;  ///< bytes of buffer_ that were handed out
};

}  // namespace ci::erlang
