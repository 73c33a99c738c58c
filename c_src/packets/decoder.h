// Takes the frames of one capture and delivers the SIP messages in them: over UDP, TCP, WebSocket
// and SCTP, over IPv4 and IPv6, in fragments, behind tags and labels (walk.h), in tunnels and
// mirrors (tunnels.h). SIP is recognised by its start line, on any port.
//
// Total: any bytes give messages or counts. Memory is bounded by Limits.
#pragma once

#include "packets/counts.h"
#include "packets/fragments.h"
#include "packets/layer.h"
#include "packets/message.h"
#include "packets/sctp.h"
#include "packets/tcp_flows.h"
#include "packets/walk.h"

namespace ci::packets {

class Decoder {
  public:
    struct Limits {
        Fragments::Limits fragments{};
        TcpFlows::Limits tcp{};
        Sctp::Limits sctp{};
        bool takes_hep = false;  ///< HEP is delivered as well
    };

    Decoder(Link link, Deliver deliver) : Decoder(link, std::move(deliver), Limits{}) {}
    Decoder(Link link, Deliver deliver, const Limits& limits)
        : link_(link),
          outlet_(std::move(deliver), limits.takes_hep),
          fragments_(limits.fragments),
          tcp_(limits.tcp, outlet_),
          sctp_(limits.sctp, outlet_) {}
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// `at` is not negative.
    void decode(wire::Bytes frame, wire::Micros at) { decode(link_, frame, at); }
    /// A frame of one of several interfaces. `link` empty: the frame cannot be read and is only
    /// counted.
    void decode(std::optional<Link> link, wire::Bytes frame, wire::Micros at);
    /// Time passes without frames: data that waited too long is given up.
    void pass(wire::Micros now);
    /// The capture is over: unfinished messages are delivered as far as they go.
    void end();

    [[nodiscard]] const Counts& counts() const noexcept { return outlet_.counts; }

  private:
    Fate decode_inside(const Inside& inside, wire::Micros at, int depth);
    Fate decode_exported(wire::Bytes frame, wire::Micros at);
    Fate decode_ip(const Inside& inside, wire::Micros at, int depth);
    Fate decode_payload(const IpPacket& packet, wire::Micros at, int depth);
    Fate decode_other(const IpPacket& packet, wire::Micros at, int depth);
    Fate decode_udp(const IpPacket& packet, wire::Micros at, int depth);
    Fate decode_esp_in_udp(const IpPacket& packet, const Message& message, wire::Micros at,
                           int depth);
    void deliver_lost();

    Link link_;
    Outlet outlet_;
    Fragments fragments_;
    TcpFlows tcp_;
    Sctp sctp_;
    wire::Micros swept_ = 0;
};

}  // namespace ci::packets
