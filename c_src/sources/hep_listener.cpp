#include "sources/hep_listener.h"

#include <sys/eventfd.h>

#include <vector>

namespace ci::sources {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
/// What may be read after the stop from one socket: a sender that goes on does not hold us.
constexpr int last_reads = 1'024;

}  // namespace

wire::expected<std::unique_ptr<HepListener>, SocketError> HepListener::start(
    const HepOptions& options, Sink sink) {
    auto udp = UdpSocket::bind(options.local);
    if (!udp) return std::move(udp.error());
    auto tcp = TcpAcceptor::listen(options.local);
    if (!tcp) return std::move(tcp.error());
    Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.is_open()) return last_socket_error();
    Poller poller;
    if (!poller.is_open() || !poller.add(udp->descriptor()) || !poller.add(tcp->descriptor()) ||
        !poller.add(wake.get())) {
        return last_socket_error();
    }
    Sockets sockets{*std::move(udp), *std::move(tcp), std::move(wake), std::move(poller)};
    return std::unique_ptr<HepListener>(
        new HepListener(options, std::move(sockets), std::move(sink)));
}

HepListener::HepListener(const HepOptions& options, Sockets sockets, Sink sink)
    : receiver_(wire::to_string(options.local), std::move(sink)),
      most_connections_(options.most_connections),
      udp_(std::move(sockets.udp)),
      tcp_(std::move(sockets.tcp)),
      wake_(std::move(sockets.wake)),
      poller_(std::move(sockets.poller)),
      thread_([this] { run(); }) {}

HepListener::~HepListener() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
}

void HepListener::run() {
    for (bool stopped = false; !stopped;) {
        for (const epoll_event& event : poller_.wait(-1)) {
            const int ready = event.data.fd;
            if (ready == udp_.descriptor()) {
                take_batch();
            } else if (ready == tcp_.descriptor()) {
                accept();
            } else if (ready == wake_.get()) {
                stopped = true;
            } else {
                serve(ready);
            }
        }
    }
    drain();
}

/// What the kernel took before the stop was received.
void HepListener::drain() {
    for (int i = 0; i < last_reads && take_batch(); ++i) {
    }
    accept();
    std::vector<int> descriptors;
    for (const auto& [descriptor, stream] : streams_) descriptors.push_back(descriptor);
    for (const int descriptor : descriptors) {
        HepStream& stream = streams_.at(descriptor);
        for (int i = 0; i < last_reads && stream.read(receiver_) == HepStream::State::open; ++i) {
        }
    }
}

bool HepListener::take_batch() {
    const auto datagrams = udp_.receive();
    if (datagrams.empty()) return false;
    receiver_.counters().kernel_dropped.store(udp_.kernel_dropped(), relaxed);
    receiver_.take(datagrams);
    return true;
}

void HepListener::accept() {
    while (auto accepted = tcp_.accept()) {
        const int descriptor = accepted->socket.get();
        if (!accepted->socket.is_open() || streams_.size() >= most_connections_ ||
            !poller_.add(descriptor)) {
            count(ConnectionReason::tcp_refused_full);
            continue;
        }
        receiver_.counters().accepted.fetch_add(1, relaxed);
        streams_.try_emplace(descriptor, std::move(accepted->socket), accepted->peer);
        receiver_.counters().open.store(streams_.size(), relaxed);
    }
}

void HepListener::serve(int descriptor) {
    const auto found = streams_.find(descriptor);
    if (found == streams_.end()) return;
    HepStream& stream = found->second;
    if (stream.read(receiver_) != HepStream::State::ended) return;
    if (stream.trouble()) count(ConnectionReason(stream.trouble()->reason));
    streams_.erase(found);
    receiver_.counters().open.store(streams_.size(), relaxed);
}

void HepListener::count(ConnectionReason reason) noexcept {
    receiver_.counters().connections_failed[static_cast<std::size_t>(reason)].fetch_add(1, relaxed);
}

}  // namespace ci::sources
