// SIP over SCTP (RFC 4168): each SIP message is one user message. A user message comes in one DATA
// chunk, or in several with consecutive TSNs, the first flagged B, the last E (RFC 9260 3.3.1).
//
//   packet := from:2 to:2 tag:4 checksum:4 chunk*
//   chunk  := type:1 flags:1 length:2 value           at multiples of four
//   DATA   := type 0, value := TSN:4 stream:2 number:2 protocol:4 user data
//
// Memory is bounded by Limits: the least recently used flow is dropped first.
#pragma once

#include <bitset>
#include <list>
#include <map>
#include <string>
#include <string_view>

#include "packets/ip.h"
#include "packets/key.h"
#include "packets/message.h"

namespace ci::packets {

class Sctp {
  public:
    struct Limits {
        std::size_t flows = 4'096;                           ///< directions of associations
        std::size_t pieces = 256;                            ///< of one flow
        std::size_t bytes = std::size_t{8} * 1'024 * 1'024;  ///< in pieces of all flows
        wire::Micros patience = 30'000'000;
    };
    /// `outlet` must outlive the Sctp.
    Sctp(const Limits& limits, Outlet& outlet) : limits_(limits), outlet_(outlet) {}

    /// Precondition: the packet's payload is SCTP.
    Fate decode(const IpPacket& packet, wire::Micros at);
    void pass(wire::Micros now);
    void end();

    /// Whether a UDP payload can be SCTP (RFC 6951): it must consist of chunks up to its end.
    [[nodiscard]] static bool is_packet(wire::Bytes payload) noexcept;

  private:
    static constexpr std::size_t window = 4'096;  ///< remembered TSNs
    struct Data {
        std::uint32_t number = 0;
        std::uint16_t stream = 0;
        bool begins = false, ends = false;
        bool is_cut = false;  ///< only part of it was captured
        std::string_view bytes;
    };
    struct Piece {
        std::string bytes;
        wire::Micros at = 0;
        std::uint16_t stream = 0;
        bool begins = false, ends = false;
    };
    using Pieces = std::map<std::uint64_t, Piece>;
    struct Flow {
        Ends ends;
        std::list<Key>::iterator age;
        std::uint64_t top = 0;     ///< the highest TSN seen, extended; its low 32 bits are the TSN
        std::bitset<window> seen;  ///< TSNs up to `top`, indexed by their low bits
        Pieces pieces;             ///< by extended TSN
        bool is_sip = false;       ///< the flow brought a SIP message
        wire::Micros last = 0;     ///< time of its last message
    };
    using Flows = std::map<Key, Flow>;

    Flows::iterator open(const Ends& ends);
    void forget(const Ends& ends);
    bool is_new(Flow& flow, std::uint32_t number, std::uint64_t& wide);
    Fate add_data(Flow& flow, const Data& data, wire::Micros at);
    Fate join(Flow& flow, Pieces::iterator piece, wire::Micros at);
    Fate deliver(Flow& flow, std::string_view bytes, bool is_cut, wire::Micros at);
    Pieces::iterator give_up(Flow& flow, Pieces::iterator first);
    void erase(Flow& flow, Pieces::iterator from, Pieces::iterator to);
    void close(Flows::iterator flow);

    Limits limits_;
    Outlet& outlet_;
    Flows flows_;
    std::list<Key> ages_;  ///< keys of flows_, the least recently used first
    std::size_t held_ = 0;
};

}  // namespace ci::packets
