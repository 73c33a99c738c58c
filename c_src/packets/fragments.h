// Reassembles IP datagrams. Fragments may come in any order, twice, or overlapping (the first one
// wins). All times are the capture's. Memory is bounded by Limits.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "packets/ip.h"
#include "packets/key.h"
#include "wire/micros.h"

namespace ci::packets {

class Fragments {
  public:
    struct Limits {
        std::size_t datagrams = 4'096;
        std::size_t pieces = 256;                             ///< of one datagram
        std::size_t all_pieces = 65'536;                      ///< of all datagrams
        std::size_t bytes = std::size_t{16} * 1'024 * 1'024;  ///< of all datagrams
        wire::Micros patience = 30'000'000;  ///< RFC 1122 3.3.2 recommends 60 s to 120 s
    };
    explicit Fragments(const Limits& limits) : limits_(limits) {}

    enum class State : std::uint8_t { waits, whole, refused };
    /// Precondition: `packet.fragment` is set. Whole: the packet has become the datagram, its
    /// payload is in `payload`. Refused: the packet cannot be part of a datagram. Older datagrams
    /// may be given up to make room.
    State add(IpPacket& packet, wire::Micros at, std::string& payload);

    /// Gives up datagrams that began too long ago.
    void expire(wire::Micros now);
    /// Gives up all datagrams.
    void clear();

    /// A datagram that was given up.
    struct Lost {
        std::optional<IpPacket> packet;  ///< from the first fragment, cut; empty: that is missing
        std::string payload;             ///< from the beginning to the first gap
        wire::Micros at = 0;             ///< when the first fragment was captured
    };
    /// The datagrams lost since the last call; the packets' own payloads are empty.
    [[nodiscard]] std::vector<Lost> collect_lost() { return std::exchange(lost_, {}); }

  private:
    struct Datagram {
        std::map<std::size_t, std::string> pieces;  ///< by offset; they do not overlap
        std::size_t held = 0;
        std::optional<std::size_t> size;  ///< known once the last fragment is there
        std::optional<IpPacket> first;    ///< its Next Header counts (RFC 8200 4.5)
        wire::Micros first_at = 0;
        wire::Micros began = 0;
        std::list<Key>::iterator age;
    };
    using Datagrams = std::map<Key, Datagram>;

    void insert(Datagram& datagram, std::size_t offset, std::string_view bytes);
    void erase(Datagrams::iterator datagram);
    void give_up(Datagrams::iterator datagram);

    Limits limits_;
    Datagrams datagrams_;
    std::list<Key> ages_;  ///< the oldest first
    std::size_t held_ = 0, pieces_ = 0;
    std::vector<Lost> lost_;
};

}  // namespace ci::packets
