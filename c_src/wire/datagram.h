// A received datagram, or a message from a capture, with its network metadata.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/endpoint.h"
#include "wire/micros.h"
#include "wire/reader.h"

namespace ci::wire {

/// Where a capture took a datagram: tells duplicates from another datagram with the same contents.
struct Trace {
    std::uint32_t ip_id = 0;  ///< 0: none, or one that tells nothing
    std::uint8_t ttl = 0;     ///< 0: unknown
    std::string_view mac;     ///< "020000000001>020000000002/100": link addresses, and VLANs
};

struct Datagram {
    Bytes bytes;
    Endpoint peer;       ///< the sender: the capture agent, or a relay
    Micros arrival = 0;  ///< when the kernel received it
    Endpoint local{};    ///< where it arrived; the destination of a plain SIP message

    struct Captured {
        Micros at = 0;              ///< by the capturing machine's clock
        std::uint8_t protocol = 0;  ///< 17 UDP, 6 TCP ... (Draft::ip_protocol)
        bool is_cut = false;        ///< its end was not captured
        bool bad_length = false;    ///< its end was guessed
        Trace trace{};
    };
    /// Set: SIP that a capture saw on its way from `peer` to `local`. The parser is the observer.
    std::optional<Captured> captured{};
};

}  // namespace ci::wire
