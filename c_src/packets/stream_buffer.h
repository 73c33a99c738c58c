// Buffers the bytes of one direction of a connection, with their capture times, until they are
// taken.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/micros.h"

namespace ci::packets {

class StreamBuffer {
  public:
    /// Segments whose times are kept apart: enough for one message that is not sent octet by octet.
    static constexpr std::size_t max_segments = 1'024;

    void append(std::string_view bytes, wire::Micros at) {
        // The rest is moved only when at least as much is dropped, which is linear in total.
        if (begin_ >= size()) {
            bytes_.erase(0, begin_);
            begin_ = 0;
            std::erase_if(segments_, [this](const Segment& s) { return s.end <= at_; });
        }
        last_begin_ = at_ + size();
        bytes_ += bytes;
        if (!segments_.empty()) at = std::max(at, segments_.back().at);
        if (segments_.size() < max_segments) segments_.emplace_back();
        segments_.back() = {at_ + size(), at};
    }

    [[nodiscard]] std::string_view rest() const noexcept {
        return std::string_view(bytes_).substr(begin_);
    }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - begin_; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// Views of the skipped bytes stay valid until the next append().
    void skip(std::size_t count) noexcept {
        begin_ += count;
        at_ += count;
    }
    /// Where in rest() the last segment begins.
    [[nodiscard]] std::size_t last_segment() const noexcept {
        return last_begin_ > at_ ? static_cast<std::size_t>(last_begin_ - at_) : 0;
    }

    /// When the first `count` octets of rest() had all been captured. `count` is not 0.
    [[nodiscard]] wire::Micros time_of(std::size_t count) const {
        const auto segment =
            std::lower_bound(segments_.begin(), segments_.end(), at_ + count,
                             [](const Segment& s, std::uint64_t wanted) { return s.end < wanted; });
        return segment == segments_.end() ? 0 : segment->at;
    }

  private:
    struct Segment {
        std::uint64_t end;  ///< offset in the stream
        wire::Micros at;    ///< when all bytes up to `end` had been captured
    };
    std::string bytes_;
    std::vector<Segment> segments_;  ///< of the bytes in bytes_
    std::size_t begin_ = 0;          ///< offset of rest() in bytes_
    std::uint64_t at_ = 0;           ///< offset of rest() in the stream
    std::uint64_t last_begin_ = 0;   ///< offset of the last segment in the stream
};

/// A message found in a stream.
struct Found {
    std::string_view message;  ///< valid until the next call
    wire::Micros at = 0;       ///< capture time of its last segment; if cut, of its first
    bool is_cut = false;       ///< its end was not captured
    bool bad_length = false;   ///< without a valid Content-Length; its end was guessed
    bool is_hep = false;       ///< HEP, not SIP
    bool is_websocket = false;
};

/// The result of one step of a stream's reader.
enum class Progress : std::uint8_t {
    more,    ///< more bytes are needed
    found,   ///< a message
    unsure,  ///< a message, behind which the next one has to be searched for
    passed,  ///< something other than a message was skipped
    locked,  ///< a compressed message that cannot be read, because its window was not captured
    lost     ///< these bytes cannot follow: the reader is out of sync
};

}  // namespace ci::packets
