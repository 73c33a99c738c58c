// Where SIP messages begin and end in the bytes of a stream: Content-Length gives the length of
// each body (RFC 3261 18.3). A piece may begin and end anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ci::intake {

/// What a stream's bytes begin with.
struct Front {
    enum class Kind : std::uint8_t {
        message,     ///< a whole message
        cut,         ///< an incomplete message; another one begins after `size` bytes
        unfinished,  ///< a message that may continue: all of the bytes
        tail,        ///< the end of a message whose start is missing; another one begins after it
        other        ///< not recognised: all of the bytes
    };
    Kind kind = Kind::other;
    std::size_t size = 0;
};

/// `size` includes blanks and line ends in front.
[[nodiscard]] Front front_of(std::string_view bytes);

/// Skips line ends between messages (RFC 5626 3.5.1), and NULs, which some senders put after a
/// message.
[[nodiscard]] std::string_view skip_between(std::string_view bytes) noexcept;

/// A message whose start has been received.
class BegunMessage {
  public:
    /// `bytes` must be Front::Kind::unfinished.
    explicit BegunMessage(std::string_view bytes);

    /// Appends the part of the piece that belongs to the message, and returns its length. If that
    /// is less than the piece, the message is whole, or it stays incomplete because the next one
    /// begins.
    [[nodiscard]] std::size_t append(std::string_view piece);

    [[nodiscard]] bool is_whole() const noexcept { return size_ != 0 && bytes_.size() >= size_; }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    /// The length, as far as it is known.
    [[nodiscard]] std::size_t size() const noexcept {
        return size_ > bytes_.size() ? size_ : bytes_.size();
    }

  private:
    Front find_size();
    [[nodiscard]] std::size_t append_to_head(std::string_view piece);
    [[nodiscard]] std::size_t append_to_body(std::string_view piece);
    [[nodiscard]] std::size_t start_in_head(std::size_t from) const noexcept;

    std::string bytes_;
    std::size_t searched_ = 0;   ///< the head does not end before here
    std::size_t size_ = 0;       ///< of the whole message; 0: its head is incomplete
    bool may_hold_sip_ = false;  ///< the body may hold a SIP message
};

}  // namespace ci::intake
