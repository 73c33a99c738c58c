// A bound UDP socket. Datagrams are read in batches, each with the kernel's arrival time, and the
// kernel's count of dropped datagrams is known.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <span>

#include "net/socket_error.h"
#include "os/descriptor.h"
#include "wire/datagram.h"
#include "wire/endpoint.h"
#include "wire/result.h"

namespace ci::net {

class UdpSocket {
  public:
    /// Binds exactly this address, and raises the receive buffer as far as the system permits.
    static wire::expected<UdpSocket, SocketError> bind(const wire::Endpoint& local);

    UdpSocket(UdpSocket&&) noexcept;
    UdpSocket& operator=(UdpSocket&&) noexcept;
    ~UdpSocket();

    /// The datagrams that have arrived, at most one batch; does not block. The bytes stay valid
    /// until the next call.
    [[nodiscard]] std::span<const wire::Datagram> receive();

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }
    /// Bytes, as the kernel reports them.
    [[nodiscard]] int receive_buffer() const noexcept { return receive_buffer_; }
    /// Datagrams dropped by the kernel since bind.
    [[nodiscard]] std::uint32_t kernel_dropped() const noexcept { return kernel_dropped_; }

  private:
    struct Batch;

    explicit UdpSocket(os::Descriptor socket);
    void look_for_drops() noexcept;

    os::Descriptor socket_;
    std::unique_ptr<Batch> batch_;
    int receive_buffer_ = 0;
    std::uint32_t kernel_dropped_ = 0;
};

}  // namespace ci::net
