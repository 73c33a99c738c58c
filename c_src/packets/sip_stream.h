// SIP in one direction of a connection (RFC 3261 18.3): messages follow one another, and the
// Content-Length tells where each ends. Line ends between them are keepalives (RFC 5626 3.5.1).
#pragma once

#include <optional>

#include "packets/stream_buffer.h"

namespace ci::packets {

class SipReader {
  public:
    static constexpr std::size_t max_head = std::size_t{64} * 1'024;
    static constexpr std::size_t max_message = std::size_t{256} * 1'024;

    /// `doubtful`: the first start line was found by a search. If the head then holds several start
    /// lines, the last one counts, because those before it end a body (message/sipfrag).
    explicit SipReader(bool doubtful) : doubtful_(doubtful) {}

    /// Progress::found: the message has been taken off the buffer.
    [[nodiscard]] Progress next(StreamBuffer& buffer, Found& found);
    /// The unfinished message, if its head names the call.
    [[nodiscard]] bool read_cut(const StreamBuffer& buffer, Found& found) const;

  private:
    struct Length {
        std::optional<std::size_t> count;  ///< empty: unknown
        bool is_plain = false;             ///< false: `count` is a guess
    };
    [[nodiscard]] static Length content_length(std::string_view head);
    Progress read_head(StreamBuffer& buffer);
    Progress deliver(StreamBuffer& buffer, Found& found, std::size_t size, Progress step);

    std::size_t searched_ = 0;  ///< octets without the end of the start line, or of the head
    std::size_t head_ = 0;      ///< size of the first message's head; 0: not known yet
    Length length_;             ///< of the first message's body
    bool doubtful_;
};

/// Where the first SIP start line begins: at the beginning of a line or behind binary octets; npos:
/// nowhere. `is_line` false: `bytes` may begin within a line, so that a start line at their very
/// beginning must have a known method.
[[nodiscard]] std::size_t find_start_line(std::string_view bytes, bool is_line = false) noexcept;

/// True: `line` begins with a known method and a blank, or with SIP's version and a blank.
[[nodiscard]] bool begins_known(std::string_view line) noexcept;

/// True: the message has a start line and a whole Call-ID, so its call is known.
[[nodiscard]] bool names_a_call(std::string_view message) noexcept;

}  // namespace ci::packets
