// One direction of a connection, whatever it carries: SIP, SIP over WebSocket, HEP, and what stands
// in front of them. Bytes in any segmentation in, messages out.
//
// A capture may begin within a connection and may miss segments. Then the stream goes on where
// something begins that is known: a SIP start line, a WebSocket frame that holds one, a HEP packet.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "packets/hep_stream.h"
#include "packets/sip_stream.h"
#include "packets/stream_buffer.h"
#include "packets/web_socket.h"

namespace ci::packets {

class Stream {
  public:
    /// False: joined somewhere within a connection.
    explicit Stream(bool from_begin) : state_(Search{false}) {
        if (from_begin) state_ = Begin{};
    }

    void append(std::string_view bytes, wire::Micros at) { buffer_.append(bytes, at); }
    /// The next message. Empty: it needs more bytes.
    [[nodiscard]] std::optional<Found> next();
    /// Bytes are missing here: what is unfinished is a message cut short.
    void lose();

    enum class Carries : std::uint8_t { unknown, sip, websocket, hep };
    [[nodiscard]] Carries carries() const noexcept { return carries_; }
    /// Nothing is known of it, and nothing here can be the begin of it.
    [[nodiscard]] bool is_hopeless() const noexcept {
        return carries_ == Carries::unknown && std::holds_alternative<Search>(state_);
    }
    /// Within a message.
    [[nodiscard]] bool is_unfinished() const noexcept;
    [[nodiscard]] std::size_t held() const noexcept;
    /// Where a message should have begun something else did; or its end could not be told.
    [[nodiscard]] std::uint64_t desyncs() const noexcept { return desyncs_; }
    /// Compressed messages whose window was not seen.
    [[nodiscard]] std::uint64_t locked() const noexcept { return locked_; }

    /// Whether a connection that is not known may be looked into from these bytes on.
    [[nodiscard]] static bool may_begin(std::string_view bytes);

  private:
    struct Begin {};
    struct Search {
        bool is_line;  ///< what is here begins a line
    };
    /// A message that does not lie in the buffer any more.
    struct Kept {
        std::string text;
        Found found;
    };

    bool decide();
    bool search();
    bool step(Found& found);
    void lost();
    void keep(const Found& found);
    bool keep_cut();
    template <class Reader>
    void begin(Carries what, Reader reader);

    std::variant<Search, Begin, SipReader, WebSocketReader, HepReader> state_;
    StreamBuffer buffer_;
    std::deque<Kept> kept_;
    Kept current_;
    std::uint64_t desyncs_ = 0, locked_ = 0;
    Carries carries_ = Carries::unknown;
    bool is_sure_ = false;     ///< something whole of what it carries was seen
    bool just_found_ = false;  ///< what the search found was not read yet
};

}  // namespace ci::packets
