// A listening TCP socket, and the connections that come in by it.
#pragma once

#include <cstdint>
#include <optional>

#include "net/descriptor.h"
#include "net/socket_error.h"
#include "wire/endpoint.h"
#include "wire/result.h"

namespace ci::net {

class TcpAcceptor {
  public:
    static wire::expected<TcpAcceptor, SocketError> listen(const wire::Endpoint& local);

    struct Accepted {
        Descriptor socket;  ///< does not block; not open: there was no descriptor left for it
        wire::Endpoint peer;
    };
    /// The next one that waits; empty: none does, or is_exhausted().
    [[nodiscard]] std::optional<Accepted> accept();

    /// One waits, and there was no descriptor even to turn it away: it goes on knocking, so look
    /// away for a while.
    [[nodiscard]] bool is_exhausted() const noexcept { return is_exhausted_; }

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

  private:
    TcpAcceptor(Descriptor socket, Descriptor reserve)
        : socket_(std::move(socket)), reserve_(std::move(reserve)) {}

    Descriptor socket_;
    /// Given up for a moment when the process has no descriptors left: a connection that cannot be
    /// accepted would wake us for ever.
    Descriptor reserve_;
    bool is_exhausted_ = false;
};

}  // namespace ci::net
