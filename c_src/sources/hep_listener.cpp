#include "sources/hep_listener.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace ci::sources {

wire::expected<std::unique_ptr<HepListener>, SocketError> HepListener::start(
    const wire::Endpoint& local, Sink sink) {
    auto socket = UdpSocket::bind(local);
    if (!socket) return std::move(socket.error());
    Descriptor wake(::eventfd(0, EFD_CLOEXEC));
    if (!wake.is_open()) return SocketError{std::system_category().message(errno)};
    return std::unique_ptr<HepListener>(new HepListener(
        wire::to_string(local), local, *std::move(socket), std::move(wake), std::move(sink)));
}

HepListener::HepListener(std::string id, const wire::Endpoint& local, UdpSocket socket,
                         Descriptor wake, Sink sink)
    : id_(std::move(id)),
      batch_(id_, local),
      socket_(std::move(socket)),
      wake_(std::move(wake)),
      sink_(std::move(sink)),
      thread_([this] { run(); }) {}

HepListener::~HepListener() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
}

void HepListener::run() {
    std::array<pollfd, 2> waits{{{socket_.descriptor(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
    while (waits[1].revents == 0) {
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
        if (waits[0].revents != 0) take_batch();
    }
    // What the kernel took before the stop was received; a sender that goes on does not hold us.
    constexpr int last_batches = 1'024;
    for (int i = 0; i < last_batches && take_batch() > 0; ++i) {
    }
}

std::size_t HepListener::take_batch() {
    constexpr auto relaxed = std::memory_order_relaxed;
    const std::span<const Datagram> datagrams = socket_.receive();
    if (datagrams.empty()) return 0;
    for (const Datagram& datagram : datagrams) batch_.take(datagram, sink_, counters_);
    counters_.last_seen.store(datagrams.back().arrival, relaxed);
    counters_.kernel_dropped.store(socket_.kernel_dropped(), relaxed);
    batch_.hand_over(sink_, counters_);
    return datagrams.size();
}

}  // namespace ci::sources
