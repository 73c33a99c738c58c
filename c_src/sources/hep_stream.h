// One connection that carries HEP packets, over TCP or TLS.
#pragma once

#include <memory>
#include <optional>

#include "hep/stream.h"
#include "net/tls.h"
#include "os/descriptor.h"
#include "sources/receiver.h"

namespace ci::sources {

class HepStream {
  public:
    /// Null `tls`: plain TCP.
    HepStream(os::Descriptor socket, const wire::Endpoint& peer,
              std::unique_ptr<net::TlsSession> tls)
        : socket_(std::move(socket)), peer_(peer), tls_(std::move(tls)) {}

    enum class State : std::uint8_t {
        more,         ///< bytes were read, and there may be more
        wants_read,   ///< nothing to read now
        wants_write,  ///< the handshake must write first
        ended
    };

    /// Reads once, or a whole TLS record, and hands over the packets that are complete now. Does
    /// not block.
    State read(Receiver& receiver);

    /// After State::ended: what went wrong; empty if nothing did.
    [[nodiscard]] const std::optional<ConnectionReason>& trouble() const noexcept {
        return trouble_;
    }

    [[nodiscard]] bool is_established() const noexcept { return !tls_ || tls_->is_established(); }
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

  private:
    net::TlsSession::Read read_some(std::span<std::byte> room);
    void hand_over(Receiver& receiver);
    State end(bool failed);

    os::Descriptor socket_;
    wire::Endpoint peer_;
    std::unique_ptr<net::TlsSession> tls_;
    hep::StreamCutter cutter_;
    std::optional<ConnectionReason> trouble_;
};

}  // namespace ci::sources
