// Where SIP messages begin and end in what a stream carried (RFC 3261 18.3): each is as long as its
// Content-Length says. Pieces may begin and end anywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ci::intake {

/// What stands at the front of a stream's bytes.
struct Front {
    enum class Kind : std::uint8_t {
        message,     ///< a whole one
        cut,         ///< one that is not whole, and behind it the next one begins
        unfinished,  ///< one that is not whole yet: all of the bytes
        tail,        ///< the end of one whose begin is not there, and behind it the next one begins
        other        ///< nothing that can be understood: all of the bytes
    };
    Kind kind = Kind::other;
    std::size_t size = 0;
};

/// Blanks and line ends in front belong to it.
[[nodiscard]] Front front_of(std::string_view bytes);

/// Without the line ends between messages (RFC 5626 3.5.1), and NULs, which some senders put behind
/// one.
[[nodiscard]] std::string_view skip_between(std::string_view bytes) noexcept;

/// A message of which the begin is there.
class BegunMessage {
  public:
    /// Front::Kind::unfinished.
    explicit BegunMessage(std::string_view bytes);

    /// Appends what of the piece belongs to the message, and says how much that is. Less than all:
    /// the message is whole, or it stays unfinished because the next one begins.
    [[nodiscard]] std::size_t take(std::string_view piece);

    [[nodiscard]] bool is_whole() const noexcept { return size_ != 0 && bytes_.size() >= size_; }
    [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
    /// As far as is known.
    [[nodiscard]] std::size_t size() const noexcept {
        return size_ > bytes_.size() ? size_ : bytes_.size();
    }

  private:
    Front find_size();
    [[nodiscard]] std::size_t take_head(std::string_view piece);
    [[nodiscard]] std::size_t take_body(std::string_view piece);
    [[nodiscard]] std::size_t start_in_head(std::size_t from) const noexcept;

    std::string bytes_;
    std::size_t searched_ = 0;   ///< no head ends before
    std::size_t size_ = 0;       ///< of the whole message; 0: its head is unfinished
    bool may_hold_sip_ = false;  ///< its body
};

}  // namespace ci::intake
