// HEP version 3 on a stream (TCP, TLS): packets follow one another, and nothing else lies between
// them. Bytes in any segmentation in, whole packets out.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wire/reader.h"
#include "wire/result.h"

namespace ci::hep {

/// Why a stream cannot be read on. The names are the counters' names.
enum class StreamReason : std::uint8_t {
    stream_desync,        ///< where a packet should begin there is no magic, or no possible length
    stream_eof_mid_frame  ///< the stream ended within a packet
};
inline constexpr std::string_view stream_reason_names[] = {"stream_desync", "stream_eof_mid_frame"};
using StreamRejection = wire::Rejection<StreamReason>;

/// Read into room(), say how much with filled(), then take packets until there is none; again.
class StreamCutter {
  public:
    /// The largest packet, and a byte.
    static constexpr std::size_t buffer_size = 65'536;

    /// Never empty once next() had no more packets. What next() returned is gone after it.
    [[nodiscard]] std::span<std::byte> room();
    void filled(std::size_t size) noexcept { end_ += size; }

    /// The next whole packet. Empty: it needs more bytes, or sync is lost.
    [[nodiscard]] std::optional<wire::Bytes> next() noexcept;

    /// Set once sync is lost, and then for good: a SIP body may hold a magic too, so the next one
    /// is no place to go on from. `at` counts from the begin of the stream.
    [[nodiscard]] const std::optional<StreamRejection>& lost() const noexcept { return lost_; }

    /// Whether the stream may end here.
    [[nodiscard]] std::optional<StreamRejection> end() const noexcept;

  private:
    std::vector<std::byte> buffer_;  ///< empty until the first byte: mute streams cost nothing
    std::size_t begin_ = 0, end_ = 0;
    std::size_t passed_ = 0;  ///< bytes of all packets taken so far
    std::optional<StreamRejection> lost_;
};

}  // namespace ci::hep
