// One connection that brings HEP packets.
#pragma once

#include <optional>
#include <vector>

#include "hep/stream.h"
#include "sources/descriptor.h"
#include "sources/receiver.h"

namespace ci::sources {

class HepStream {
  public:
    HepStream(Descriptor socket, const wire::Endpoint& peer)
        : socket_(std::move(socket)), peer_(peer) {}

    enum class State : std::uint8_t { open, blocked, ended };

    /// Reads once, and hands over the packets that are whole now. Does not block.
    State read(Receiver& receiver);

    /// Once ended: why it should not have.
    [[nodiscard]] const std::optional<hep::StreamRejection>& trouble() const noexcept {
        return trouble_;
    }

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

  private:
    void hand_over(Receiver& receiver);
    State end();

    Descriptor socket_;
    wire::Endpoint peer_;
    hep::StreamCutter cutter_;
    std::optional<hep::StreamRejection> trouble_;
};

}  // namespace ci::sources
