// What a capture finds: one message that crossed the wire, and to whom it is told.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "packets/counts.h"
#include "packets/key.h"
#include "packets/stream_buffer.h"
#include "packets/trace.h"
#include "wire/endpoint.h"
#include "wire/reader.h"

namespace ci::packets {

struct Ends {
    wire::Endpoint source, destination;
    std::uint32_t network = 0;  ///< of an overlay: addresses hold within it
};

/// Of one direction of a connection.
[[nodiscard]] inline Key key_of(const Ends& ends) noexcept {
    return {ends.source.address, ends.destination.address,
            std::uint64_t{ends.network} << 40U | std::uint64_t{ends.source.port} << 16U |
                ends.destination.port};
}
[[nodiscard]] inline Ends reversed(const Ends& ends) noexcept {
    return {ends.destination, ends.source, ends.network};
}

struct Message {
    wire::Bytes bytes;
    wire::Endpoint source, destination;
    std::uint8_t protocol = 0;  ///< 17 UDP, 6 TCP, 132 SCTP, 50 WebSocket
    wire::Micros at = 0;        ///< when the last octet of it was captured; of a cut one the first
    bool is_cut = false;        ///< its end was not captured
    bool bad_length = false;    ///< its Content-Length is none, and its end was guessed
    bool is_hep = false;        ///< HEP on its way to a collector, not SIP
    std::optional<Trace> trace{};  ///< of a datagram of its own
};

inline constexpr std::uint8_t proto_tcp = 6, proto_udp = 17, proto_sctp = 132;
inline constexpr std::uint8_t proto_websocket = 50;  ///< as HEP numbers it: no IP protocol

/// The time of what follows `last` on one connection: of several in one frame the order shall be
/// seen. A clock that was set back is another matter.
[[nodiscard]] constexpr wire::Micros in_order(wire::Micros at, wire::Micros last) noexcept {
    constexpr wire::Micros most = 1'000;
    return at <= last && last - at < most ? last + 1 : at;
}

/// Called with each message; its bytes are gone after the call.
using Deliver = std::function<void(const Message&)>;

/// Where messages go, and what is counted on the way.
class Outlet {
  public:
    /// `takes_hep`: HEP is delivered, too; else it is only counted, as a frame's fate.
    Outlet(Deliver deliver, bool takes_hep) : deliver_(std::move(deliver)), takes_hep_(takes_hep) {}

    void give(const Message& message) {
        if (message.is_hep && !takes_hep_) return;
        ++counts.messages;
        deliver_(message);
    }
    void count(Loss loss, std::uint64_t how_many = 1) noexcept {
        counts.losses[static_cast<std::size_t>(loss)] += how_many;
    }

    Counts counts;

  private:
    Deliver deliver_;
    bool takes_hep_;
};

}  // namespace ci::packets
