// What came in one piece, and what the network told about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/endpoint.h"
#include "wire/micros.h"
#include "wire/reader.h"

namespace ci::wire {

/// Where a capture took a datagram: what tells its copies from another one that says the same.
struct Trace {
    std::uint32_t ip_id = 0;  ///< 0: none, or none that tells anything
    std::uint8_t ttl = 0;     ///< 0: not known
    std::string_view mac;     ///< "020000000001>020000000002/100": link addresses, and VLANs
};

struct Datagram {
    Bytes bytes;
    Endpoint peer;       ///< who sent it: the capture agent, or a relay
    Micros arrival = 0;  ///< when the kernel took it
    Endpoint local{};    ///< where it arrived; what a plain SIP message was sent to

    struct Captured {
        Micros at = 0;              ///< by the clock of who captured
        std::uint8_t protocol = 0;  ///< 17 UDP, 6 TCP ... (Draft::ip_protocol)
        bool is_cut = false;        ///< its end was not captured
        bool bad_length = false;    ///< its end was guessed
        Trace trace{};
    };
    /// Given: SIP that a capture saw on its way from `peer` to `local`. The parser is the observer.
    std::optional<Captured> captured{};
};

}  // namespace ci::wire
