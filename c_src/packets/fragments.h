// Puts the fragments of IP datagrams together. They come in any order, twice, or overlapping (what
// came first holds); all times are the capture's. Memory is bounded by Limits.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "packets/ip.h"
#include "packets/key.h"
#include "wire/micros.h"

namespace ci::packets {

class Fragments {
  public:
    struct Limits {
        std::size_t datagrams = 4'096;
        std::size_t pieces = 256;                             ///< of one datagram
        std::size_t bytes = std::size_t{16} * 1'024 * 1'024;  ///< of all
        wire::Micros patience = 30'000'000;                   ///< RFC 1122 3.3.2 has 60 s to 120 s
    };
    explicit Fragments(const Limits& limits) : limits_(limits) {}

    enum class State : std::uint8_t { waits, whole, refused };
    /// `packet.fragment` is set, and the packet is not cut. Whole: the packet is the datagram now,
    /// its payload in `payload`. Refused: it cannot be part of a datagram.
    /// `given_up` grows by the datagrams that had to go.
    State add(IpPacket& packet, wire::Micros at, std::string& payload, std::size_t& given_up);

    /// Gives up those that began too long ago, or all; how many.
    std::size_t expire(wire::Micros now);
    std::size_t clear();

  private:
    struct Datagram {
        std::map<std::size_t, std::string> pieces;  ///< by offset; they do not overlap
        std::size_t held = 0;
        std::optional<std::size_t> size;  ///< known once the last part is there
        std::uint8_t protocol = 0;        ///< what the first part says (RFC 8200 4.5)
        wire::Micros began = 0;
        std::list<Key>::iterator age;
    };
    using Datagrams = std::unordered_map<Key, Datagram, Key::Hash>;

    void insert(Datagram& datagram, std::size_t offset, std::string_view bytes);
    void erase(Datagrams::iterator datagram);

    Limits limits_;
    Datagrams datagrams_;
    std::list<Key> ages_;  ///< the oldest first
    std::size_t held_ = 0;
};

}  // namespace ci::packets
