// One message found in a capture, and the outlet that delivers it.
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
    std::uint32_t network = 0;  ///< the overlay in which the addresses are unique
};

/// The key of one direction of a connection.
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
    std::uint8_t protocol = 0;     ///< 17 UDP, 6 TCP, 132 SCTP, 50 WebSocket
    wire::Micros at = 0;           ///< capture time of its last octet; if cut, of its first
    bool is_cut = false;           ///< its end was not captured
    bool bad_length = false;       ///< without a valid Content-Length; its end was guessed
    bool is_hep = false;           ///< HEP on its way to a collector, not SIP
    std::optional<Trace> trace{};  ///< only if the message came in its own datagram
};

inline constexpr std::uint8_t proto_tcp = 6, proto_udp = 17, proto_sctp = 132;
inline constexpr std::uint8_t proto_websocket = 50;  ///< HEP's number, not an IP protocol

/// The time of a message that follows one stamped `last` on the same connection. Several messages
/// in one frame get increasing times, which keep their order. A larger jump back is a step of the
/// clock and stays.
[[nodiscard]] constexpr wire::Micros in_order(wire::Micros at, wire::Micros last) noexcept {
    constexpr wire::Micros most = 1'000;
    return at <= last && last - at < most ? last + 1 : at;
}

/// Called with each message; the message's bytes are valid only during the call.
using Deliver = std::function<void(const Message&)>;

/// Delivers messages and keeps the counts.
class Outlet {
  public:
    /// `takes_hep`: HEP is delivered too; otherwise it is only counted, as Fate::hep.
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
