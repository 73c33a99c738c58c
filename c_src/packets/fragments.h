// Puts the fragments of IP datagrams together. They come in any order, twice, or overlapping (what
// came first holds); all times are the capture's. Memory is bounded by Limits.
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
        std::size_t all_pieces = 65'536;                      ///< of all
        std::size_t bytes = std::size_t{16} * 1'024 * 1'024;  ///< of all
        wire::Micros patience = 30'000'000;                   ///< RFC 1122 3.3.2 has 60 s to 120 s
    };
    explicit Fragments(const Limits& limits) : limits_(limits) {}

    enum class State : std::uint8_t { waits, whole, refused };
    /// `packet.fragment` is set. Whole: the packet is the datagram now, its payload in `payload`.
    /// Refused: it cannot be part of a datagram. Others may have to go for it.
    State add(IpPacket& packet, wire::Micros at, std::string& payload);

    /// Gives up those that began too long ago, or all.
    void expire(wire::Micros now);
    void clear();

    /// A datagram that was given up.
    struct Lost {
        std::optional<IpPacket> packet;  ///< as its first part told, cut; empty: that did not come
        std::string payload;             ///< from its begin to what is missing first
        wire::Micros at = 0;             ///< when the first part was captured
    };
    /// Those since the last time; the packets' payloads are empty.
    [[nodiscard]] std::vector<Lost> take_lost() { return std::exchange(lost_, {}); }

  private:
    struct Datagram {
        std::map<std::size_t, std::string> pieces;  ///< by offset; they do not overlap
        std::size_t held = 0;
        std::optional<std::size_t> size;  ///< known once the last part is there
        std::optional<IpPacket> first;    ///< its protocol counts (RFC 8200 4.5)
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
