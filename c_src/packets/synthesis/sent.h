// One message as it is to appear in a capture, and one frame of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "wire/endpoint.h"

namespace ci::synthesis {

/// Nanoseconds since 1970. Not negative.
using Nanos = std::int64_t;

/// What SIP is put into. Of TLS it is what is inside: TCP.
enum class Transport : std::uint8_t { udp, tcp, websocket };

struct Sent {
    Nanos at = 0;
    /// Family::none: unknown, and written as 0.0.0.0 or ::.
    wire::Endpoint source, destination;
    Transport transport = Transport::udp;
    std::string octets;
    std::string comment;  ///< valid UTF-8; empty: none
};

struct Frame {
    Nanos at = 0;
    std::string bytes;        ///< from the Ethernet header on
    std::size_t missing = 0;  ///< octets behind `bytes` that nobody captured
    std::string comment;
};

}  // namespace ci::synthesis
