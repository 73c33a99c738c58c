// Frames of one capture in, the SIP messages that crossed the wire out: by UDP and TCP, over IPv4
// and IPv6, in fragments, behind tags and labels (walk.h), in tunnels and mirrors (tunnels.h). Any
// port: what is SIP tells its first line.
//
// Total: any bytes give messages or counts. Memory is bounded by Limits.
#pragma once

#include <functional>
#include <list>
#include <string>
#include <unordered_map>

#include "packets/counts.h"
#include "packets/fragments.h"
#include "packets/key.h"
#include "packets/layer.h"
#include "packets/tcp_flow.h"
#include "packets/walk.h"

namespace ci::packets {

struct Message {
    wire::Bytes bytes;
    wire::Endpoint source, destination;
    std::uint8_t protocol = 0;     ///< 17 UDP, 6 TCP
    wire::Micros at = 0;           ///< when the last octet of it was captured
    std::optional<Trace> trace{};  ///< of a datagram of its own
};

class Decoder {
  public:
    struct Limits {
        Fragments::Limits fragments{};
        std::size_t flows = 8'192;  ///< directions of TCP connections
        std::size_t flow_bytes = std::size_t{64} * 1'024 * 1'024;  ///< of all flows together
    };
    /// Called with each message; its bytes are gone after the call.
    using Deliver = std::function<void(const Message&)>;

    explicit Decoder(Link link, Deliver deliver) : Decoder(link, std::move(deliver), Limits{}) {}
    Decoder(Link link, Deliver deliver, const Limits& limits)
        : link_(link),
          deliver_(std::move(deliver)),
          limits_(limits),
          fragments_(limits.fragments) {}

    /// Times are not negative.
    void take(wire::Bytes frame, wire::Micros at) { take(link_, frame, at); }
    /// Of one of several interfaces. Empty: its frames cannot be read, and are counted.
    void take(std::optional<Link> link, wire::Bytes frame, wire::Micros at);
    /// Time passes without frames: what waited too long is given up.
    void pass(wire::Micros now);
    /// Nothing more comes: what waits behind a gap is taken.
    void end();

    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

  private:
    struct Ends {
        wire::Endpoint source, destination;
    };
    struct Flow {
        TcpFlow tcp;
        Ends ends;
        std::list<Key>::iterator age;
        // As counted so far:
        std::size_t held = 0;
        std::uint64_t gaps = 0, desyncs = 0;
    };
    using Flows = std::unordered_map<Key, Flow, Key::Hash>;

    Fate take_inside(const Inside& inside, wire::Micros at, int depth);
    Fate take_exported(wire::Bytes frame, wire::Micros at);
    Fate take_ip(const Inside& inside, wire::Micros at, int depth);
    Fate take_payload(const IpPacket& packet, wire::Micros at, int depth);
    Fate take_other(const IpPacket& packet, wire::Micros at, int depth);
    Fate take_udp(const IpPacket& packet, wire::Micros at, int depth);
    Fate take_esp_in_udp(const IpPacket& packet, const Message& message, wire::Micros at,
                         int depth);
    Fate take_tcp(const IpPacket& packet, wire::Micros at);
    Flows::iterator open(const Key& key, const Ends& ends, std::uint32_t next, bool from_begin);
    std::optional<Fate> take_segment(Flows::iterator flow, std::uint32_t sequence,
                                     std::string_view bytes, wire::Micros at);
    bool deliver_all(Flow& flow);
    void close(Flows::iterator flow);
    void close_oldest();
    void count(Loss loss, std::uint64_t how_many = 1) noexcept;

    Link link_;
    Deliver deliver_;
    Limits limits_;
    Fragments fragments_;
    Flows flows_;
    std::list<Key> ages_;  ///< of flows_, the longest unused first
    std::size_t held_ = 0;
    wire::Micros swept_ = 0;
    Counts counts_;
};

}  // namespace ci::packets
