#include "net/sockaddr.h"

#include <algorithm>
#include <cstring>

namespace ci::net {

SocketAddress to_sockaddr(const wire::Endpoint& endpoint) noexcept {
    SocketAddress result;
    if (endpoint.address.family == wire::Family::ipv6) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(endpoint.port);
        std::memcpy(&address.sin6_addr, endpoint.address.bytes.data(), 16);
        std::memcpy(&result.storage, &address, sizeof address);
        result.length = sizeof address;
    } else {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(endpoint.port);
        std::memcpy(&address.sin_addr, endpoint.address.bytes.data(), 4);
        std::memcpy(&result.storage, &address, sizeof address);
        result.length = sizeof address;
    }
    return result;
}

wire::Endpoint from_sockaddr(const sockaddr_storage& storage) noexcept {
    wire::Endpoint endpoint;
    if (storage.ss_family == AF_INET) {
        sockaddr_in address{};
        std::memcpy(&address, &storage, sizeof address);
        endpoint.address.family = wire::Family::ipv4;
        std::memcpy(endpoint.address.bytes.data(), &address.sin_addr, 4);
        endpoint.port = ntohs(address.sin_port);
    } else if (storage.ss_family == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, &storage, sizeof address);
        endpoint.port = ntohs(address.sin6_port);
        endpoint.address.family = wire::Family::ipv6;
        std::memcpy(endpoint.address.bytes.data(), address.sin6_addr.s6_addr, 16);
        endpoint.address = wire::unmapped(endpoint.address);
    }
    return endpoint;
}

void allow_ipv4_too(int socket, const SocketAddress& local) noexcept {
    if (local.get()->sa_family != AF_INET6) return;
    const int off = 0;
    (void)::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
}

}  // namespace ci::net
