// Sends a recording to a collector, like the capture agent that produced it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "net/udp_socket.h"
#include "sources/recording.h"
#include "wire/endpoint.h"

namespace ci::sources {

struct Pace {
    /// Datagrams a second; 0: no pauses; empty: the recording's pauses.
    std::optional<double> rate;
    std::size_t loops = 1;
};

struct Replayed {
    std::size_t sent = 0;
    std::size_t bytes = 0;
    double seconds = 0;
};

/// Returns when the kernel has taken the last datagram. A collector that does not listen is an
/// error.
wire::expected<Replayed, net::SocketError> replay(std::span<const Record> records,
                                                  const wire::Endpoint& to, const Pace& pace);

}  // namespace ci::sources
