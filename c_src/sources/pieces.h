// SIP over TCP, TLS and WebSocket as some senders mirror it: each packet carries what one read
// returned, a part of a message or several messages (sofia-sip before July 2026, and with it
// FreeSWITCH; agents that mirror TCP segments). This class makes whole messages of them.
//
// Pieces belong together if the same observer saw them, with the same addresses, ports and
// transport. A message that stays incomplete is delivered as it is.
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
    static constexpr std::size_t max_messages = 1'024;  ///< incomplete at a time
    static constexpr std::size_t max_bytes = std::size_t{16} * 1'024 * 1'024;  ///< of these
    static constexpr std::size_t max_message = std::size_t{256} * 1'024;  ///< bytes of one message
    static constexpr std::chrono::milliseconds patience{1'000};  ///< since the newest piece
    static constexpr wire::Micros max_time = 3'000'000;          ///< from first to any piece

    /// Takes a packet and its capture. The payload, which may come from several packets, is valid
    /// until forget().
    using Deliver = std::function<void(const wire::Datagram&, const hep::Capture&)>;

    explicit Pieces(Deliver deliver) : deliver_(std::move(deliver)) {}

    /// True for SIP from a stream transport, if it is neither compressed nor damaged.
    [[nodiscard]] static bool concern(const hep::Capture& capture) noexcept;

    /// Call only with captures for which concern() is true.
    void add(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now);
    /// Delivers messages that have waited for `patience`, as they are.
    void expire(Clock::time_point now);
    /// Delivers all messages as they are.
    void finish();
    /// When expire() is to be called; empty: no message waits.
    [[nodiscard]] std::optional<Clock::time_point> deadline() const noexcept;

    /// Frees what was delivered.
    void forget() noexcept { released_.clear(); }

    using Counts = std::array<std::uint64_t, std::size(piece_names)>;  ///< by value of Piece
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

  private:
    struct Held {
        std::string key;
        intake::BegunMessage message;
        wire::Datagram packet;  ///< the newest piece's, without its bytes
        hep::Capture capture;   ///< the first piece's, with the newest one's time
        std::string correlation_id, agent_name, links;
        wire::Micros begun = 0;  ///< the first piece's arrival
        Clock::time_point newest;
        bool is_joined = false;  ///< has pieces of more than one packet
    };
    using List = std::list<Held>;

    void read(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now,
              std::string_view rest, bool is_continued);
    [[nodiscard]] std::size_t go_on(List::iterator held, const wire::Datagram& packet,
                                    const hep::Capture& capture, Clock::time_point now);
    void hold(const wire::Datagram& packet, const hep::Capture& capture, Clock::time_point now,
              std::string_view bytes);
    void release(List::iterator held);
    /// Makes room for this much more.
    void make_room(std::size_t messages, std::size_t bytes);
    void count(Piece piece) noexcept { ++counts_[static_cast<std::size_t>(piece)]; }

    Deliver deliver_;
    List held_;  ///< ordered by the newest piece, the oldest first
    std::map<std::string, List::iterator, std::less<>> index_;  ///< by key
    std::size_t bytes_ = 0;                                     ///< of held_
    List released_;                                             ///< delivered, kept until forget()
    Counts counts_{};
};

}  // namespace ci::sources
