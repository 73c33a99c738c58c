// What a log tells of a call, one record after the other. Decoders of this room read bytes of a
// file and hand over records; they know no file, no clock and no store.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "logs/time.h"
#include "wire/endpoint.h"

namespace ci::logs {

/// Views are valid during the call of the sink only.
struct Record {
    enum class Kind : std::uint8_t {
        message,   ///< a SIP message, octet by octet
        observed,  ///< a SIP message that is described only: `label`, `c_seq`, `method`
        event      ///< something else that happened to a call
    };
    Kind kind = Kind::message;
    /// Octets from the log's beginning to the line that tells this; counted on over rotations, so
    /// that it is a record's identity.
    std::uint64_t position = 0;
    LogTime time;
    std::string_view host;     ///< that wrote it, as the prefix of syslog names it; may be empty
    std::string_view call_id;  ///< empty for `message`: its own header tells
    std::string_view text;     ///< the message; else the record's texts, separated by CRLF
    std::string_view label;    ///< the start line, or for `event` what happened
    std::string_view c_seq;    ///< "1 INVITE", "1", or empty
    std::string_view method;   ///< of the request, or of that which is answered; may be empty
    wire::Endpoint src, dst;   ///< Family::none: the log does not tell
    std::uint8_t ip_protocol = 0;  ///< 17 UDP, 6 TCP and WS, 22 TLS and WSS, 132 SCTP, 0 unknown
    bool is_sent = false;          ///< from the view of the program that wrote the log
    bool is_truncated = false;
};
using RecordSink = std::function<void(const Record&)>;

/// Names and counts of lines, without counts of 0.
using LineCounts = std::vector<std::pair<std::string_view, std::uint64_t>>;

/// One decoder of one log.
class Decoder {
  public:
    virtual ~Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// The next octets of the log, pieces of any size; `now` is the wall time of the reading.
    /// Records are handed to the sink as soon as they are complete.
    virtual void take(std::string_view bytes, wire::Micros now) = 0;
    /// Nothing new came until `now`: what waits for more for too long is handed over as it is.
    virtual void wait(wire::Micros now) = 0;
    /// The log ends here: the last line is taken as complete, all that is open is handed over.
    virtual void finish() = 0;
    /// Another file follows (a rotation): an incomplete last line is taken as complete, records
    /// stay open. `calendar` replaces the one of the file before.
    virtual void next_file(const Calendar& calendar) = 0;
    /// Octets read so far, the incomplete last line not among them.
    [[nodiscard]] virtual std::uint64_t position() const noexcept = 0;
    /// Where the first line lies that is part of something that was not handed over yet; position()
    /// if there is none.
    [[nodiscard]] virtual std::uint64_t begin_of_open() const noexcept { return position(); }
    /// What became of the lines: each is in exactly one count.
    [[nodiscard]] virtual LineCounts lines() const = 0;

  protected:
    Decoder() = default;
};

}  // namespace ci::logs
