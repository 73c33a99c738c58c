// The TCP connections of a capture, each direction by itself. Memory is bounded by Limits: the
// least recently used flow is dropped first.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <string_view>

#include "packets/ip.h"
#include "packets/key.h"
#include "packets/message.h"
#include "packets/tcp_flow.h"

namespace ci::packets {

class TcpFlows {
  public:
    struct Limits {
        std::size_t flows = 8'192;                            ///< directions of connections
        std::size_t bytes = std::size_t{64} * 1'024 * 1'024;  ///< of all together
    };
    /// `outlet` must outlive the TcpFlows.
    TcpFlows(const Limits& limits, Outlet& outlet) : limits_(limits), outlet_(outlet) {}

    /// Precondition: the packet's payload is a TCP segment.
    Fate decode(const IpPacket& packet, wire::Micros at);
    /// Time passes: gaps and unfinished messages that waited too long are given up.
    void pass(wire::Micros now);
    /// The capture is over.
    void end();

  private:
    struct Flow {
        TcpFlow tcp;
        Ends ends;
        std::list<Key>::iterator age;
        wire::Micros last = 0;  ///< time of the last message
        // The flow's values when they were last added to the totals:
        std::size_t held = 0;
        std::uint64_t gaps = 0, desyncs = 0, locked = 0;
    };
    using Flows = std::map<Key, Flow>;
    struct Segment {
        std::uint32_t sequence = 0;
        std::string_view bytes;
        std::size_t missing = 0;
        wire::Micros at = 0;
    };
    struct Brought {
        bool sip = false, hep = false;

        Brought& operator|=(const Brought& other) noexcept {
            sip = sip || other.sip;
            hep = hep || other.hep;
            return *this;
        }
    };

    Flows::iterator open(const Key& key, const Ends& ends, std::uint32_t next, bool from_begin);
    std::optional<Fate> add_segment(Flows::iterator flow, const Segment& segment);
    Brought deliver_all(Flow& flow);
    void close(Flows::iterator flow);
    void close_both(const Key& key, const Key& back);
    void close_oldest();

    Limits limits_;
    Outlet& outlet_;
    Flows flows_;
    std::list<Key> ages_;  ///< keys of flows_, the least recently used first
    std::size_t held_ = 0;
};

}  // namespace ci::packets
