// Cuts a stream (TCP, TLS) of HEP version 3 into whole packets. Packets follow one another with
// nothing between them. The bytes may come in any segmentation.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wire/reader.h"
#include "wire/result.h"

namespace ci::hep {

/// Why a stream cannot be read on. The names are those of the counters.
enum class StreamReason : std::uint8_t {
    stream_desync,        ///< a packet should begin here, but magic or length is impossible
    stream_eof_mid_frame  ///< the stream ended within a packet
};
inline constexpr std::string_view stream_reason_names[] = {"stream_desync", "stream_eof_mid_frame"};
using StreamRejection = wire::Rejection<StreamReason>;

/// In a loop: read into room(), call filled() with the size read, call next() until it is empty.
class StreamCutter {
  public:
    /// The size of the largest packet, and one byte more.
    static constexpr std::size_t buffer_size = 65'536;

    /// Never empty after next() returned nothing. Invalidates the packets that next() returned.
    [[nodiscard]] std::span<std::byte> room();
    void filled(std::size_t size) noexcept { end_ += size; }

    /// The next whole packet. Empty: more bytes are needed, or sync is lost.
    [[nodiscard]] std::optional<wire::Bytes> next() noexcept;

    /// Set once sync is lost, and never reset. A SIP body may hold a magic too, so the stream must
    /// not resume at the next magic. `at` counts from the beginning of the stream.
    [[nodiscard]] const std::optional<StreamRejection>& lost() const noexcept { return lost_; }

    /// Whether the stream may end here.
    [[nodiscard]] std::optional<StreamRejection> end() const noexcept;

  private:
    std::vector<std::byte> buffer_;  ///< empty until the first room(): idle streams cost nothing
    std::size_t begin_ = 0, end_ = 0;
    std::size_t passed_ = 0;  ///< bytes of all packets taken so far
    std::optional<StreamRejection> lost_;
};

}  // namespace ci::hep
