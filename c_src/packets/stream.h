// Cuts the bytes of one direction of a connection into messages, whatever it carries: SIP, SIP over
// WebSocket, or HEP, behind any preface. The bytes may come in any segmentation.
//
// A capture may begin within a connection and may miss segments. The stream then resumes at the
// next recognisable beginning: a SIP start line, a WebSocket frame that holds one, a HEP packet.
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
    /// `from_begin` false: the capture joined within the connection.
    explicit Stream(bool from_begin) : state_(Search{false}) {
        if (from_begin) state_ = Begin{};
    }

    void append(std::string_view bytes, wire::Micros at) { buffer_.append(bytes, at); }
    /// The next message. Empty: more bytes are needed.
    [[nodiscard]] std::optional<Found> next();
    /// Bytes are missing here: an unfinished message is delivered cut short.
    void lose();

    enum class Carries : std::uint8_t { unknown, sip, websocket, hep };
    [[nodiscard]] Carries carries() const noexcept { return carries_; }
    /// The stream's protocol is unknown, and nothing so far can be its beginning.
    [[nodiscard]] bool is_hopeless() const noexcept {
        return carries_ == Carries::unknown && std::holds_alternative<Search>(state_);
    }
    /// Within a message.
    [[nodiscard]] bool is_unfinished() const noexcept;
    [[nodiscard]] std::size_t held() const noexcept;
    /// How often no message began where one should, or a message's end was unknown.
    [[nodiscard]] std::uint64_t desyncs() const noexcept { return desyncs_; }
    /// Compressed messages whose window was not captured.
    [[nodiscard]] std::uint64_t locked() const noexcept { return locked_; }

    /// Whether an unknown connection is worth following from these bytes on.
    [[nodiscard]] static bool may_begin(std::string_view bytes);

  private:
    struct Begin {};
    struct Search {
        bool is_line;  ///< the buffer begins at the beginning of a line
    };
    /// A message that is no longer in the buffer.
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
    bool is_sure_ = false;     ///< a whole unit of what it carries was seen
    bool just_found_ = false;  ///< nothing was read yet since the search's last hit
};

}  // namespace ci::packets
