// One direction of a TCP connection: takes segments in the order of the capture, gives messages.
// Retransmitted data is taken once, and early segments wait for those they overtook. A segment that
// the capture missed becomes a gap after a while, and the stream goes on behind the gap.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "packets/stream.h"
#include "wire/reader.h"

namespace ci::packets {

class TcpFlow {
  public:
    static constexpr std::size_t max_waiting = std::size_t{256} * 1'024;  ///< bytes behind a gap
    static constexpr std::size_t max_pieces = 256;                        ///< segments behind a gap
    /// A sender retransmits a lost segment within seconds (RFC 6298).
    static constexpr wire::Micros patience = 3'000'000;
    static constexpr std::size_t piece_cost = 128;  ///< memory of one piece beside its octets
    /// After a longer pause the rest of a message is not expected any more.
    static constexpr wire::Micros longest_pause = 60'000'000;

    /// `next`: the first byte's sequence number. `from_begin` false: the capture joined within the
    /// connection.
    TcpFlow(std::uint32_t next, bool from_begin)
        : first_(next), next_(wide(next)), stream_(from_begin) {}

    /// `missing`: octets of the segment behind `bytes` that were not captured. False: all of it was
    /// seen before. Call next() until it is empty before any other call that changes the flow.
    bool add(std::uint32_t sequence, std::string_view bytes, std::size_t missing, wire::Micros at);
    void finish_at(std::uint32_t sequence);

    [[nodiscard]] std::optional<Found> next();

    /// Skips a gap that has been open too long; true: there was one.
    bool expire(wire::Micros now);
    /// Skips a gap at once; true: there was one.
    bool give_up();
    /// The flow has ended or is stale: an unfinished message is delivered cut short.
    void cut() { stream_.lose(); }
    /// The flow has long been silent within a message.
    [[nodiscard]] bool is_stale(wire::Micros now) const noexcept {
        return stream_.is_unfinished() && now - last_ > longest_pause;
    }

    /// True: the SYN with this sequence number opened this flow.
    [[nodiscard]] bool begins_at(std::uint32_t sequence) const noexcept {
        return first_ == sequence;
    }
    /// The FIN was reached: no data can follow.
    [[nodiscard]] bool is_finished() const noexcept { return end_ && next_ >= *end_; }
    [[nodiscard]] std::size_t held() const noexcept {
        return stream_.held() + waiting_ + pieces_.size() * piece_cost;
    }
    /// More data waits behind a gap than may be kept: call give_up().
    [[nodiscard]] bool is_overfull() const noexcept {
        return waiting_ > max_waiting || pieces_.size() > max_pieces;
    }
    /// True: overtaking segments wait for a missing one.
    [[nodiscard]] bool waits() const noexcept { return !pieces_.empty(); }
    [[nodiscard]] const Stream& stream() const noexcept { return stream_; }
    [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }

  private:
    /// Far from zero, so that sequence numbers before it do not underflow.
    static std::uint64_t wide(std::uint32_t sequence) noexcept {
        return (std::uint64_t{1} << 40U) + sequence;
    }
    [[nodiscard]] std::uint64_t widen(std::uint32_t sequence) const noexcept;
    void append(std::string_view bytes, std::size_t missing, wire::Micros at);
    bool append_piece();

    struct Piece {
        std::string bytes;
        std::size_t missing;  ///< octets behind `bytes` that were not captured
        wire::Micros at;
    };
    std::uint32_t first_;
    std::uint64_t next_;  ///< the low 32 bits are TCP's sequence number
    std::optional<std::uint64_t> end_;
    std::map<std::uint64_t, Piece> pieces_;  ///< behind a gap; they may overlap
    std::size_t waiting_ = 0;                ///< bytes in pieces_
    std::size_t missing_ = 0;                ///< uncaptured bytes behind those in the stream
    std::uint64_t gaps_ = 0;
    wire::Micros last_ = 0;  ///< when new data last came
    Stream stream_;
};

}  // namespace ci::packets
