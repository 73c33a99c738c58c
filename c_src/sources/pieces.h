// SIP over TCP, TLS and WebSocket as some senders mirror it: what each of their reads brought, be
// it a piece of a message or several (sofia-sip before July 2026, and with it FreeSWITCH; agents
// that mirror segments). Whole messages come out.
//
// Pieces belong together if one observer saw them go from the one end to the other by the same
// transport. A message that stays unfinished is let go as it is.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "hep/hep.h"
#include "intake/begun_message.h"
#include "intake/intake.h"
#include "sources/counters.h"

namespace ci::sources {

class Pieces {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t most_messages = 1'024;  ///< that wait at a time
    static constexpr std::size_t most_bytes = std::size_t{16} * 1'024 * 1'024;  ///< of these
    static constexpr std::size_t most_message = std::size_t{256} * 1'024;       ///< bytes of one
    static constexpr std::chrono::milliseconds patience{1'000};  ///< since its newest piece
    static constexpr wire::Micros most_time = 3'000'000;         ///< between all of its pieces

    /// Takes a packet and what it carries, whose payload may be of several packets, until forget().
    using Deliver = std::function<void(const wire::Datagram&, const hep::Capture&)>;

    explicit Pieces(Deliver deliver) : deliver_(std::move(deliver)) {}

    /// SIP that a stream carried and that came as it was.
    [[nodiscard]] static bool concern(const hep::Capture& capture) noexcept;

    /// Only captures that concern() is true of.
    void take(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now);
    /// Lets go what has waited for long enough.
    void expire(Clock::time_point now);
    /// Lets all go.
    void finish();
    /// When expire() has something to do.
    [[nodiscard]] std::optional<Clock::time_point> deadline() const noexcept;

    /// What was delivered is not used any more.
    void forget() noexcept { released_.clear(); }

    using Counts = std::array<std::uint64_t, std::size(piece_names)>;  ///< by value of Piece
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

  private:
    struct Held {
        std::string key;
        intake::BegunMessage message;
        wire::Datagram packet;  ///< of the newest piece, but for its bytes
        hep::Capture capture;   ///< of the first piece; the time is the newest one's
        std::string correlation_id, agent_name, links;
        wire::Micros begun = 0;  ///< arrival of the first piece
        Clock::time_point newest;
        bool is_joined = false;  ///< by a second packet
    };
    using List = std::list<Held>;

    void read(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now,
              std::string_view rest, bool is_continued);
    [[nodiscard]] std::size_t go_on(List::iterator held, const wire::Datagram& packet,
                                    const hep::Capture& capture, Clock::time_point now);
    void hold(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now,
              std::string_view bytes);
    void release(List::iterator held);
    /// For so much more.
    void make_room(std::size_t messages, std::size_t bytes);
    void count(Piece piece) noexcept { ++counts_[static_cast<std::size_t>(piece)]; }

    Deliver deliver_;
    List held_;  ///< the one whose newest piece is the oldest first
    std::map<std::string, List::iterator, std::less<>> index_;  ///< by key
    std::size_t bytes_ = 0;                                     ///< of held_
    List released_;                                             ///< delivered
    Counts counts_{};
};

}  // namespace ci::sources
