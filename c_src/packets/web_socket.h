// SIP over WebSocket on one direction of a connection (RFC 7118): each message is one SIP message.
//
//   frame := FIN:1 RSV:3 opcode:4 MASK:1 length:7 [length:16 | length:64] [mask:4] payload
//
// (RFC 6455 5.2.) Messages come in fragments, with control frames in between. RSV1 is
// permessage-deflate (RFC 7692), by whatever parameters: the largest window reads all of them, and
// whoever does not go on with the window before reads the same.
#pragma once

#include <optional>

#include "packets/stream_buffer.h"
#include "wire/message_inflater.h"

namespace ci::packets {

class WebSocketReader {
  public:
    /// Of a message, compressed or not; larger ones are no SIP.
    static constexpr std::size_t most_message = std::size_t{256} * 1'024;

    /// Found: a message that begins like SIP. Takes frames off the buffer.
    [[nodiscard]] Progress next(StreamBuffer& buffer, Found& found);
    /// The message that does not go on, if its head tells the call.
    [[nodiscard]] bool take_cut(const StreamBuffer& buffer, Found& found);

    [[nodiscard]] bool is_unfinished(const StreamBuffer& buffer) const noexcept {
        return is_open_ || !buffer.empty();
    }
    [[nodiscard]] std::size_t held() const noexcept {
        return payload_.capacity() + text_.capacity() + inflater_.held();
    }

  private:
    Progress finish(Found& found);

    std::string payload_;  ///< of the message's frames so far
    std::string text_;     ///< inflated
    wire::MessageInflater inflater_;
    wire::Micros began_ = 0;  ///< when the message's first octets were captured
    bool is_open_ = false;    ///< within a message of several frames
    bool is_compressed_ = false;
    bool is_too_large_ = false;
};

struct FrameHead {
    std::size_t size = 0;  ///< of the head
    std::size_t length = 0;
    unsigned opcode = 0;
    bool is_last = false, is_compressed = false, is_masked = false;
    std::string_view mask;
};
enum class FrameState : std::uint8_t { whole, more, bad };
/// Bad: no frame begins like this.
[[nodiscard]] FrameState read_frame_head(std::string_view bytes, FrameHead& head) noexcept;

/// Where a frame begins that holds the begin of a SIP message, or, at `segment`, one that is
/// compressed and ends with `bytes`; npos: there is none.
[[nodiscard]] std::size_t find_sip_frame(std::string_view bytes, std::size_t segment);

}  // namespace ci::packets
