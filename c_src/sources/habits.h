// What a sender does lately that an operator should know: counted over its newest messages, so that
// what was mended is forgotten. Of a fixed size, and cheap enough for every message.
//
// Pure: it reads no clock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "chunk/chunk.h"
#include "hep/maker.h"
#include "wire/endpoint.h"
#include "wire/micros.h"

namespace ci::sources {

/// What a draft no longer tells of the packet that it was made of.
struct Origin {
    wire::Address peer;                      ///< who sent it
    hep::Maker maker = hep::Maker::unknown;  ///< what wrote it
    bool is_empty_ipv6 = false;              ///< it has an address `::`
    bool is_same_ends = false;               ///< it goes from a host and port to the same ones
    bool is_same_ipv6 = false;               ///< the message names another address as destination
};

/// Messages of a sender, by what is unusual about them. Events are not counted.
struct HabitCounts {
    std::uint64_t all = 0;
    std::uint64_t hep1 = 0, hep2 = 0, no_hep = 0;
    std::uint64_t empty_ipv6 = 0, same_ends = 0, same_ipv6 = 0;
    std::uint64_t truncated = 0;
    std::uint64_t options = 0;  ///< OPTIONS and their answers
    std::uint64_t twice = 0;    ///< the same as another one within `twice_within`
    /// On hops on which messages went one way only, and on all that were looked at.
    std::uint64_t one_way = 0, on_hops = 0;
    std::uint64_t from_peer = 0, to_peer = 0;  ///< from and to the address that sends the packets
    wire::Micros lasted = 0;                   ///< from the first to the last of them
};

class Habits {
  public:
    /// A real retransmission comes after half a second at the earliest (RFC 3261 17.1.1.1, T1).
    static constexpr wire::Micros twice_within = 20'000;
    /// A window ends when it has lasted this long and has so many messages, or is old. The newest
    /// two count.
    static constexpr wire::Micros window = 60'000'000, oldest_window = 600'000'000;
    static constexpr std::uint64_t enough = 200;

    void note(const chunk::Draft& draft, const Origin& origin) noexcept;
    [[nodiscard]] HabitCounts counts() const noexcept;
    [[nodiscard]] hep::Maker maker() const noexcept { return maker_; }

  private:
    /// Two hosts, and how many messages went from the one to the other and back.
    struct Hop {
        std::uint64_t hosts = 0;  ///< 0: free
        std::uint32_t there = 0, back = 0;
    };
    static constexpr std::size_t most_hops = 16;  ///< of a window; the first ones
    struct Window {
        HabitCounts counts;
        std::array<Hop, most_hops> hops{};
        wire::Micros since = 0, until = 0;
    };
    static constexpr std::size_t remembered = 8;

    void open(wire::Micros arrival) noexcept;
    void note_hop(const chunk::Draft& draft) noexcept;
    [[nodiscard]] bool was_seen(const chunk::Draft& draft) noexcept;

    std::array<Window, 2> windows_{};                 ///< the newest one, and the one before
    std::array<std::uint64_t, remembered> prints_{};  ///< of the newest messages; 0: free
    std::array<wire::Micros, remembered> seen_at_{};
    std::size_t next_seen_ = 0;
    hep::Maker maker_ = hep::Maker::unknown;
};

}  // namespace ci::sources
