// Converts between the kernel's socket addresses and wire::Endpoint.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "wire/endpoint.h"

namespace ci::net {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
};

/// `endpoint` must have an address.
[[nodiscard]] SocketAddress to_sockaddr(const wire::Endpoint& endpoint) noexcept;

/// An IPv4 peer of an IPv6 socket (::ffff:192.0.2.1) comes back as IPv4.
[[nodiscard]] wire::Endpoint from_sockaddr(const sockaddr_storage& address) noexcept;

/// Call before bind: a socket on `::` then accepts IPv4 as well, whatever the system's default.
void allow_ipv4_too(int socket, const SocketAddress& local) noexcept;

}  // namespace ci::net
