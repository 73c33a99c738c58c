// SIP on one direction of a connection (RFC 3261 18.3): messages follow one another, each as long
// as its Content-Length says; line ends between them are keepalives (RFC 5626 3.5.1).
#pragma once

#include <optional>

#include "packets/stream_buffer.h"

namespace ci::packets {

class SipReader {
  public:
    static constexpr std::size_t most_head = std::size_t{64} * 1'024;
    static constexpr std::size_t most_message = std::size_t{256} * 1'024;

    /// `doubtful`: the first start line was searched for. Of several in one head the last one
    /// counts then, because those before are the end of a body (message/sipfrag).
    explicit SipReader(bool doubtful) : doubtful_(doubtful) {}

    /// Found: takes the message off the buffer.
    [[nodiscard]] Progress next(StreamBuffer& buffer, Found& found);
    /// The message that does not go on, if its head tells the call.
    [[nodiscard]] bool take_cut(const StreamBuffer& buffer, Found& found) const;

  private:
    struct Length {
        std::optional<std::size_t> count;  ///< empty: nobody knows
        bool is_plain = false;             ///< false: what it may be
    };
    [[nodiscard]] static Length content_length(std::string_view head);
    Progress read_head(StreamBuffer& buffer);
    Progress deliver(StreamBuffer& buffer, Found& found, std::size_t size, Progress step);

    std::size_t searched_ = 0;  ///< holds no end of the start line, or of the head
    std::size_t head_ = 0;      ///< of the message that begins the buffer; 0: not known yet
    Length length_;             ///< of its body
    bool doubtful_;
};

/// Where a line that is a SIP start line begins, or one behind octets that are no text; npos: there
/// is none. `is_line` false: the first bytes may be the rest of a line, and there the method must
/// be a known one.
[[nodiscard]] std::size_t find_start_line(std::string_view bytes, bool is_line = false) noexcept;

/// A method that is known and a blank, or SIP's version.
[[nodiscard]] bool begins_known(std::string_view line) noexcept;

/// A start line and a whole Call-ID: one can tell which call it belongs to.
[[nodiscard]] bool names_a_call(std::string_view message) noexcept;

}  // namespace ci::packets
