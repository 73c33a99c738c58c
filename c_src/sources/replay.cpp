#include "sources/replay.h"

#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

#include "net/sockaddr.h"

namespace ci::sources {
namespace {

using Clock = std::chrono::steady_clock;

/// When the i-th datagram is due, from the start.
Clock::duration due(std::span<const Record> records, const Pace& pace, std::size_t loop,
                    std::size_t i) {
    if (pace.rate) {
        if (*pace.rate <= 0) return {};
        const auto n = static_cast<double>(loop * records.size() + i);
        return std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(n / *pace.rate));
    }
    const auto span = records.back().arrival - records.front().arrival;
    return std::chrono::microseconds(static_cast<wire::Micros>(loop) * span + records[i].arrival -
                                     records.front().arrival);
}

}  // namespace

wire::expected<Replayed, net::SocketError> replay(std::span<const Record> records,
                                                  const wire::Endpoint& to, const Pace& pace) {
    const auto last_error = [] { return net::SocketError{std::system_category().message(errno)}; };
    const net::SocketAddress address = net::to_sockaddr(to);
    const os::Descriptor socket(::socket(address.get()->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // Connected, so that the kernel reports a port where no process listens.
    if (!socket.is_open() || ::connect(socket.get(), address.get(), address.length) != 0) {
        return last_error();
    }
    Replayed result;
    const auto start = Clock::now();
    for (std::size_t loop = 0; loop < pace.loops; ++loop) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            // Behind schedule there is no wait, so a busy machine still keeps the rate.
            std::this_thread::sleep_until(start + due(records, pace, loop, i));
            const std::string_view datagram = records[i].datagram;
            ssize_t sent = 0;
            do {
                sent = ::send(socket.get(), datagram.data(), datagram.size(), 0);
            } while (sent < 0 && (errno == EINTR || errno == ENOBUFS));
            if (sent < 0) return last_error();
            ++result.sent;
            result.bytes += datagram.size();
        }
    }
    result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return result;
}

}  // namespace ci::sources
