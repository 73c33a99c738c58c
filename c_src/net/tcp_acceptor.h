// A listening TCP socket and the connections that it accepts.
#pragma once

#include <cstdint>
#include <optional>

#include "net/socket_error.h"
#include "os/descriptor.h"
#include "wire/endpoint.h"
#include "wire/result.h"

namespace ci::net {

class TcpAcceptor {
  public:
    static wire::expected<TcpAcceptor, SocketError> listen(const wire::Endpoint& local);

    struct Accepted {
        os::Descriptor socket;  ///< non-blocking; not open: no descriptor left, closed
        wire::Endpoint peer;
    };
    /// The next pending connection; empty: none is pending, or is_exhausted().
    [[nodiscard]] std::optional<Accepted> accept();

    /// True if a connection is pending and there was no descriptor even to accept and close it. The
    /// poller reports it again and again, so stop waiting for the socket for a while.
    [[nodiscard]] bool is_exhausted() const noexcept { return is_exhausted_; }

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

  private:
    TcpAcceptor(os::Descriptor socket, os::Descriptor reserve)
        : socket_(std::move(socket)), reserve_(std::move(reserve)) {}

    os::Descriptor socket_;
    /// Closed for a moment when the process has no descriptors left, to accept and close a
    /// connection. A connection that stays pending would wake the poller again and again.
    os::Descriptor reserve_;
    bool is_exhausted_ = false;
};

}  // namespace ci::net
