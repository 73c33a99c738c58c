#include "net/udp_socket.h"

#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include "net/sockaddr.h"
#include "net/wall_clock.h"

namespace ci::net {
namespace {

constexpr std::size_t batch_size = 64;
constexpr std::size_t datagram_size = 65'536;  // no UDP payload is larger
constexpr int wanted_buffer = 64 << 20;

bool enable(int socket, int option) {
    const int on = 1;
    return ::setsockopt(socket, SOL_SOCKET, option, &on, sizeof on) == 0;
}

/// Root may exceed net.core.rmem_max; others get at most that.
int raise_buffer(int socket) {
    if (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &wanted_buffer, sizeof wanted_buffer) !=
        0) {
        (void)::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &wanted_buffer, sizeof wanted_buffer);
    }
    int size = 0;
    socklen_t length = sizeof size;
    (void)::getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, &length);
    return size;
}

}  // namespace

struct UdpSocket::Batch {
    std::vector<std::byte> memory = std::vector<std::byte>(batch_size * datagram_size);
    std::array<mmsghdr, batch_size> headers{};
    std::array<iovec, batch_size> pieces{};
    std::array<sockaddr_storage, batch_size> peers{};
    struct alignas(cmsghdr) Control {
        std::array<char, CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(std::uint32_t))> bytes;
    };
    std::array<Control, batch_size> controls{};
    std::array<wire::Datagram, batch_size> datagrams{};

    Batch() {
        for (std::size_t i = 0; i < batch_size; ++i) {
            pieces[i] = {memory.data() + i * datagram_size, datagram_size};
        }
    }
    void prepare() {
        for (std::size_t i = 0; i < batch_size; ++i) {
            msghdr& header = headers[i].msg_hdr;
            header = {};
            header.msg_name = &peers[i];
            header.msg_namelen = sizeof peers[i];
            header.msg_iov = &pieces[i];
            header.msg_iovlen = 1;
            header.msg_control = controls[i].bytes.data();
            header.msg_controllen = controls[i].bytes.size();
        }
    }
};

UdpSocket::UdpSocket(os::Descriptor socket)
    : socket_(std::move(socket)), batch_(std::make_unique<Batch>()) {}
UdpSocket::UdpSocket(UdpSocket&&) noexcept = default;
UdpSocket& UdpSocket::operator=(UdpSocket&&) noexcept = default;
UdpSocket::~UdpSocket() = default;

wire::expected<UdpSocket, SocketError> UdpSocket::bind(const wire::Endpoint& local) {
    const SocketAddress address = to_sockaddr(local);
    os::Descriptor socket(
        ::socket(address.get()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) return last_socket_error();
    if (!enable(socket.get(), SO_TIMESTAMPNS) || !enable(socket.get(), SO_RXQ_OVFL)) {
        return last_socket_error();
    }
    allow_ipv4_too(socket.get(), address);
    const int receive_buffer = raise_buffer(socket.get());
    if (::bind(socket.get(), address.get(), address.length) != 0) return last_socket_error();
    UdpSocket result(std::move(socket));
    result.receive_buffer_ = receive_buffer;
    return result;
}

/// SO_RXQ_OVFL reports with a datagram the drops before it, so drops after the last datagram would
/// stay unknown. This reads the count after every batch.
void UdpSocket::look_for_drops() noexcept {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, info.data(), &size) == 0) {
        kernel_dropped_ = info[SK_MEMINFO_DROPS];
    }
}

std::span<const wire::Datagram> UdpSocket::receive() {
    batch_->prepare();
    const int count =
        ::recvmmsg(socket_.get(), batch_->headers.data(), batch_size, MSG_DONTWAIT, nullptr);
    // Negative: nothing has arrived, or an ICMP error is pending, which does not concern this
    // socket.
    const auto received = static_cast<std::size_t>(std::max(count, 0));
    for (std::size_t i = 0; i < received; ++i) {
        msghdr& header = batch_->headers[i].msg_hdr;
        std::optional<wire::Micros> arrival;
        for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
            if (c->cmsg_level != SOL_SOCKET) continue;
            if (c->cmsg_type == SCM_TIMESTAMPNS) {
                timespec time{};
                std::memcpy(&time, CMSG_DATA(c), sizeof time);
                arrival = to_micros(time);
            } else if (c->cmsg_type == SO_RXQ_OVFL) {
                std::memcpy(&kernel_dropped_, CMSG_DATA(c), sizeof kernel_dropped_);
            }
        }
        batch_->datagrams[i] = {
            {static_cast<const std::byte*>(batch_->pieces[i].iov_base), batch_->headers[i].msg_len},
            from_sockaddr(batch_->peers[i]),
            arrival ? *arrival : now()};
    }
    look_for_drops();
    return std::span(batch_->datagrams).first(received);
}

}  // namespace ci::net
