// One direction of a TCP connection: segments in the order of the capture in, messages out.
// What was sent again is taken once, what overtook something waits for it; what does not come (the
// capture missed it) is a gap after a while, and the stream goes on behind it.
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
    static constexpr std::size_t most_waiting = std::size_t{256} * 1'024;  ///< bytes behind a gap
    static constexpr std::size_t most_pieces = 256;  ///< segments behind a gap
    /// A sender repeats what was lost on its way after fractions of a second (RFC 6298).
    static constexpr wire::Micros patience = 3'000'000;
    static constexpr std::size_t piece_cost = 128;  ///< of keeping one, beside its octets
    /// After this long the rest of a message does not come any more.
    static constexpr wire::Micros longest_pause = 60'000'000;

    /// `next`: of the first byte. `from_begin` false: joined somewhere within the connection.
    TcpFlow(std::uint32_t next, bool from_begin)
        : first_(next), next_(wide(next)), stream_(from_begin) {}

    /// `missing`: octets of the segment behind these that were not captured. False: all of it was
    /// there before. Take all that next() has before the next call of anything that changes.
    bool add(std::uint32_t sequence, std::string_view bytes, std::size_t missing, wire::Micros at);
    void finish_at(std::uint32_t sequence);

    [[nodiscard]] std::optional<Found> next();

    /// Goes on behind a gap that was waited for long enough; true: there was one.
    bool expire(wire::Micros now);
    /// Waits for no segment any more; true: there was a gap.
    bool give_up();
    /// Nothing more comes, or not for a long time: what is unfinished is a message cut short.
    void cut() { stream_.lose(); }
    /// Silent for long within a message.
    [[nodiscard]] bool is_stale(wire::Micros now) const noexcept {
        return stream_.is_unfinished() && now - last_ > longest_pause;
    }

    /// A SYN that says this was seen before.
    [[nodiscard]] bool begins_at(std::uint32_t sequence) const noexcept {
        return first_ == sequence;
    }
    /// Nothing can follow.
    [[nodiscard]] bool is_finished() const noexcept { return end_ && next_ >= *end_; }
    [[nodiscard]] std::size_t held() const noexcept {
        return stream_.held() + waiting_ + pieces_.size() * piece_cost;
    }
    /// More is behind a gap than is kept: give it up.
    [[nodiscard]] bool is_overfull() const noexcept {
        return waiting_ > most_waiting || pieces_.size() > most_pieces;
    }
    /// For a segment that something overtook.
    [[nodiscard]] bool waits() const noexcept { return !pieces_.empty(); }
    [[nodiscard]] const Stream& stream() const noexcept { return stream_; }
    [[nodiscard]] std::uint64_t gaps() const noexcept { return gaps_; }

  private:
    /// Far from zero, so that what lies before it is less.
    static std::uint64_t wide(std::uint32_t sequence) noexcept {
        return (std::uint64_t{1} << 40U) + sequence;
    }
    [[nodiscard]] std::uint64_t widen(std::uint32_t sequence) const noexcept;
    void take(std::string_view bytes, std::size_t missing, wire::Micros at);
    bool take_piece();

    struct Piece {
        std::string bytes;
        std::size_t missing;  ///< behind these
        wire::Micros at;
    };
    std::uint32_t first_;
    std::uint64_t next_;  ///< the low 32 bits are TCP's
    std::optional<std::uint64_t> end_;
    std::map<std::uint64_t, Piece> pieces_;  ///< behind a gap; they may overlap
    std::size_t waiting_ = 0;                ///< bytes of these
    std::size_t missing_ = 0;                ///< bytes behind what the stream has
    std::uint64_t gaps_ = 0;
    wire::Micros last_ = 0;  ///< when something new was there
    Stream stream_;
};

}  // namespace ci::packets
