// Sends a recording to a collector, as the capture agent did that it was taken from.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "net/udp_socket.h"
#include "sources/recording.h"
#include "wire/endpoint.h"

namespace ci::sources {

struct Pace {
    /// Datagrams a second; empty: with the pauses of the recording. 0: without any pause.
    std::optional<double> rate;
    std::size_t loops = 1;
};

struct Replayed {
    std::size_t sent = 0;
    std::size_t bytes = 0;
    double seconds = 0;
};

/// Returns when the last datagram is with the kernel. A collector that is not there is an error.
wire::expected<Replayed, net::SocketError> replay(std::span<const Record> records,
                                                  const wire::Endpoint& to, const Pace& pace);

}  // namespace ci::sources
