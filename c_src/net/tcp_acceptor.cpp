#include "net/tcp_acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/sockaddr.h"

namespace ci::net {
namespace {

/// Keepalives detect a peer that disappeared without a FIN or RST: after five minutes instead of
/// Linux's two hours.
void notice_dead_peers(int socket) {
    const int on = 1, idle_seconds = 180, between_seconds = 30, probes = 4;
    (void)::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
    (void)::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &between_seconds,
                       sizeof between_seconds);
    (void)::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

os::Descriptor make_reserve() {
    return os::Descriptor(::eventfd(0, EFD_CLOEXEC));
}

}  // namespace

wire::expected<TcpAcceptor, SocketError> TcpAcceptor::listen(const wire::Endpoint& local) {
    const SocketAddress address = to_sockaddr(local);
    os::Descriptor socket(
        ::socket(address.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) return last_socket_error("TCP");
    const int on = 1;  // old connections of an earlier listener do not prevent the bind
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    allow_ipv4_too(socket.get(), address);
    if (::bind(socket.get(), address.get(), address.length) != 0 ||
        ::listen(socket.get(), SOMAXCONN) != 0) {
        return last_socket_error("TCP");
    }
    return TcpAcceptor(std::move(socket), make_reserve());
}

std::optional<TcpAcceptor::Accepted> TcpAcceptor::accept() {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    const auto next = [&] {
        length = sizeof peer;
        return os::Descriptor(::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &length,
                                        SOCK_CLOEXEC | SOCK_NONBLOCK));
    };
    is_exhausted_ = false;
    os::Descriptor socket = next();
    if (socket.is_open()) {
        notice_dead_peers(socket.get());
        return Accepted{std::move(socket), from_sockaddr(peer)};
    }
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return std::nullopt;
    reserve_ = os::Descriptor();
    const bool was_there = next().is_open();  // the accepted connection is closed at once
    is_exhausted_ = !was_there && errno != EAGAIN;
    reserve_ = make_reserve();
    if (!was_there) return std::nullopt;
    return Accepted{os::Descriptor(), from_sockaddr(peer)};
}

}  // namespace ci::net
