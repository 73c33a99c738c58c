// A bound UDP socket that is read in batches, with the kernel's arrival time of each datagram and
// the kernel's count of those it had to drop.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <span>

#include "net/descriptor.h"
#include "net/socket_error.h"
#include "wire/datagram.h"
#include "wire/endpoint.h"
#include "wire/result.h"

namespace ci::net {

class UdpSocket {
  public:
    /// Binds exactly the address given. The receive buffer is raised as far as the system lets us.
    static wire::expected<UdpSocket, SocketError> bind(const wire::Endpoint& local);

    UdpSocket(UdpSocket&&) noexcept;
    UdpSocket& operator=(UdpSocket&&) noexcept;
    ~UdpSocket();

    /// What is there now, at most one batch; does not block. The bytes stay until the next call.
    [[nodiscard]] std::span<const wire::Datagram> receive();

    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }
    /// Bytes, as the kernel reports them.
    [[nodiscard]] int receive_buffer() const noexcept { return receive_buffer_; }
    /// Datagrams dropped by the kernel since bind.
    [[nodiscard]] std::uint32_t kernel_dropped() const noexcept { return kernel_dropped_; }

  private:
    struct Batch;

    explicit UdpSocket(Descriptor socket);
    void look_for_drops() noexcept;

    Descriptor socket_;
    std::unique_ptr<Batch> batch_;
    int receive_buffer_ = 0;
    std::uint32_t kernel_dropped_ = 0;
};

}  // namespace ci::net
