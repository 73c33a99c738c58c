// The bytes of one direction of a connection that are not taken yet, and when they were captured.
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
    /// Of which the times are kept apart: as many as one message has, if nobody sends it by octets.
    static constexpr std::size_t most_segments = 1'024;

    void append(std::string_view bytes, wire::Micros at) {
        // Moved only when as much is dropped as is moved: linear in all.
        if (begin_ >= size()) {
            bytes_.erase(0, begin_);
            begin_ = 0;
            std::erase_if(segments_, [this](const Segment& s) { return s.end <= at_; });
        }
        last_begin_ = at_ + size();
        bytes_ += bytes;
        if (!segments_.empty()) at = std::max(at, segments_.back().at);
        if (segments_.size() < most_segments) segments_.emplace_back();
        segments_.back() = {at_ + size(), at};
    }

    [[nodiscard]] std::string_view rest() const noexcept {
        return std::string_view(bytes_).substr(begin_);
    }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - begin_; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// What was there stays where it is until the next append().
    void skip(std::size_t count) noexcept {
        begin_ += count;
        at_ += count;
    }
    /// Where in rest() the last segment begins.
    [[nodiscard]] std::size_t last_segment() const noexcept {
        return last_begin_ > at_ ? static_cast<std::size_t>(last_begin_ - at_) : 0;
    }

    /// When the first `count` octets of rest() were there. Not 0.
    [[nodiscard]] wire::Micros time_of(std::size_t count) const {
        const auto segment =
            std::lower_bound(segments_.begin(), segments_.end(), at_ + count,
                             [](const Segment& s, std::uint64_t wanted) { return s.end < wanted; });
        return segment == segments_.end() ? 0 : segment->at;
    }

  private:
    struct Segment {
        std::uint64_t end;  ///< in the stream
        wire::Micros at;    ///< of it and of all before it
    };
    std::string bytes_;
    std::vector<Segment> segments_;  ///< of what is in bytes_
    std::size_t begin_ = 0;          ///< of what is not taken yet
    std::uint64_t at_ = 0;           ///< where rest() begins in the stream
    std::uint64_t last_begin_ = 0;   ///< where the last segment does
};

/// A message that a stream brought.
struct Found {
    std::string_view message;  ///< until the next call
    wire::Micros at = 0;  ///< when the last of its segments was captured; of a cut one the first
    bool is_cut = false;  ///< its end was not captured
    bool bad_length = false;  ///< its Content-Length is none: it goes as far as one can tell
    bool is_hep = false;      ///< HEP, not SIP
    bool is_websocket = false;
};

/// What a reader of a stream came to.
enum class Progress : std::uint8_t {
    more,    ///< it needs more bytes
    found,   ///< a message
    unsure,  ///< a message, behind which nobody knows where the next one begins
    passed,  ///< something that is no message
    locked,  ///< something that cannot be read: compressed, and its begin was not seen
    lost     ///< what is here cannot stand here
};

}  // namespace ci::packets
