// SIP over WebSocket in one direction of a connection (RFC 7118): each WebSocket message is one SIP
// message.
//
//   frame := FIN:1 RSV:3 opcode:4 MASK:1 length:7 [length:16 | length:64] [mask:4] payload
//
// (RFC 6455 5.2.) A message may be fragmented, with control frames in between. RSV1 marks
// permessage-deflate (RFC 7692). Its negotiated parameters are not needed: the largest window reads
// all smaller ones, and a message compressed without context takeover never refers to the window.
#pragma once

#include <optional>

#include "packets/stream_buffer.h"
#include "wire/message_inflater.h"

namespace ci::packets {

class WebSocketReader {
  public:
    /// Octets of a message, compressed or not; a larger one is not SIP.
    static constexpr std::size_t max_message = std::size_t{256} * 1'024;

    /// Takes a frame off the buffer. Progress::found: it completed a message that begins like SIP.
    [[nodiscard]] Progress next(StreamBuffer& buffer, Found& found);
    /// The unfinished message, if its head names the call.
    [[nodiscard]] bool read_cut(const StreamBuffer& buffer, Found& found);

    [[nodiscard]] bool is_unfinished(const StreamBuffer& buffer) const noexcept {
        return is_open_ || !buffer.empty();
    }
    [[nodiscard]] std::size_t held() const noexcept {
        return payload_.capacity() + text_.capacity() + inflater_.held();
    }

  private:
    Progress finish(Found& found);

    std::string payload_;  ///< of the message's frames so far
    std::string text_;     ///< the inflated message
    wire::MessageInflater inflater_;
    wire::Micros began_ = 0;  ///< when the message's first octets were captured
    bool is_open_ = false;    ///< within a fragmented message
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
/// FrameState::bad: no frame begins like this.
[[nodiscard]] FrameState read_frame_head(std::string_view bytes, FrameHead& head) noexcept;

/// Where a frame with the beginning of a SIP message begins, or, at `segment` only, a compressed
/// frame that ends where `bytes` end; npos: nowhere.
[[nodiscard]] std::size_t find_sip_frame(std::string_view bytes, std::size_t segment);

}  // namespace ci::packets
