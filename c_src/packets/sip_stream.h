// SIP on one direction of a TCP connection (RFC 3261 18.3): messages follow one another, each as
// long as its Content-Length says; line ends between them are keepalives (RFC 5626 3.5.1). Bytes in
// any segmentation in, whole messages out.
//
// A capture may begin within a connection and may miss segments. Then the stream goes on at the
// next start line whose headers follow: of several in one head the last, because the ones before
// are the end of a body (message/sipfrag).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/micros.h"

namespace ci::packets {

class SipStream {
  public:
    static constexpr std::size_t most_head = std::size_t{64} * 1'024;
    static constexpr std::size_t most_message = std::size_t{256} * 1'024;

    /// False: joined somewhere within a connection.
    explicit SipStream(bool from_begin) : synced_(from_begin) {}

    void append(std::string_view bytes, wire::Micros at);

    struct Found {
        std::string_view message;  ///< until the next call
        wire::Micros at;           ///< when the last of its segments was captured
    };
    /// The next whole message. Empty: it needs more bytes.
    [[nodiscard]] std::optional<Found> next();

    /// Bytes are missing here: what is unfinished stays so.
    void lose();

    [[nodiscard]] std::size_t held() const noexcept { return buffer_.size() - begin_; }
    /// Ends within a message.
    [[nodiscard]] bool is_unfinished() const noexcept { return synced_ && held() > 0; }
    /// It was SIP at least once.
    [[nodiscard]] bool is_sip() const noexcept { return is_sip_; }
    /// Where a message should have begun something else did; or one was too large.
    [[nodiscard]] std::uint64_t desyncs() const noexcept { return desyncs_; }
    /// In step: a message begins or goes on here, as far as one can tell.
    [[nodiscard]] bool is_synced() const noexcept { return synced_; }

  private:
    [[nodiscard]] std::string_view rest() const noexcept {
        return std::string_view(buffer_).substr(begin_);
    }
    bool find_start();
    bool read_head();
    void desync();
    void skip(std::size_t count);
    [[nodiscard]] wire::Micros time_of(std::size_t end) const;

    struct Segment {
        std::uint64_t end;  ///< in the stream
        wire::Micros at;    ///< of it and of all before it
    };
    std::string buffer_;
    std::vector<Segment> segments_;  ///< of what is in buffer_
    std::size_t begin_ = 0;          ///< of what is not taken yet
    std::size_t searched_ = 0;       ///< of rest(): holds no end of line, or of the head
    std::size_t size_ = 0;           ///< of the message whose head is there; 0: not known yet
    std::uint64_t at_ = 0;           ///< where rest() begins in the stream
    std::uint64_t desyncs_ = 0;
    bool synced_;
    bool doubtful_ = false;  ///< the start line was searched for
    bool is_sip_ = false;
};

/// Where a line that is a SIP start line begins; npos: there is none. The first bytes may be the
/// rest of a line: there the method must be a known one.
[[nodiscard]] std::size_t find_start_line(std::string_view bytes) noexcept;

}  // namespace ci::packets
