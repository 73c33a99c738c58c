#include "sources/hep_listener.h"

#include <sys/eventfd.h>

#include <algorithm>

namespace ci::sources {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
/// What may be read after the stop from one socket: a sender that goes on does not hold us.
constexpr int last_reads = 1'024;

}  // namespace

std::string HepListener::id_of(const HepOptions& options) {
    return (options.tls ? "tls:" : "") + wire::to_string(options.local);
}

wire::expected<std::unique_ptr<HepListener>, SocketError> HepListener::start(
    const HepOptions& options, Sink sink) {
    std::optional<UdpSocket> udp;
    std::optional<TlsContext> tls;
    if (options.tls) {
        auto context = TlsContext::load(*options.tls);
        if (!context) return std::move(context.error());
        tls = *std::move(context);
    } else {
        auto socket = UdpSocket::bind(options.local);
        if (!socket) return std::move(socket.error());
        udp = *std::move(socket);
    }
    auto tcp = TcpAcceptor::listen(options.local);
    if (!tcp) return std::move(tcp.error());
    Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.is_open()) return last_socket_error();
    Poller poller;
    if (!poller.is_open() || (udp && !poller.add(udp->descriptor())) ||
        !poller.add(tcp->descriptor()) || !poller.add(wake.get())) {
        return last_socket_error();
    }
    Sockets sockets{std::move(udp), std::move(tls), *std::move(tcp), std::move(wake),
                    std::move(poller)};
    return std::unique_ptr<HepListener>(
        new HepListener(options, std::move(sockets), std::move(sink)));
}

HepListener::HepListener(const HepOptions& options, Sockets sockets, Sink sink)
    : Source(id_of(options), options.local, options.admission, options.switches, std::move(sink)),
      most_connections_(options.most_connections),
      handshake_time_(options.handshake_time),
      udp_(std::move(sockets.udp)),
      tls_(std::move(sockets.tls)),
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
        for (const epoll_event& event : poller_.wait(timeout_ms())) {
            const int ready = event.data.fd;
            if (udp_ && ready == udp_->descriptor()) {
                take_batch();
            } else if (ready == tcp_.descriptor()) {
                accept();
            } else if (ready == wake_.get()) {
                stopped = true;
            } else {
                serve(ready);
            }
        }
        end_slow_handshakes();
        receiver_.expire();
    }
    drain();
    receiver_.finish();
}

/// What the kernel took before the stop was received.
void HepListener::drain() {
    for (int i = 0; i < last_reads && take_batch(); ++i) {
    }
    accept();
    for (auto& [descriptor, connection] : connections_) {
        for (int i = 0; i < last_reads; ++i) {
            if (connection.stream.read(receiver_) != HepStream::State::more) break;
        }
    }
}

bool HepListener::take_batch() {
    if (!udp_) return false;
    const auto datagrams = udp_->receive();
    receiver_.counters().kernel_dropped.store(udp_->kernel_dropped(), relaxed);
    if (datagrams.empty()) return false;
    receiver_.take(datagrams);
    return true;
}

void HepListener::accept() {
    while (auto accepted = tcp_.accept()) {
        const int descriptor = accepted->socket.get();
        if (!receiver_.admission().allows(accepted->peer.address)) {
            count(ConnectionReason::not_allowed);
            continue;
        }
        const bool room = accepted->socket.is_open() && connections_.size() < most_connections_;
        auto session = room && tls_ ? tls_->accept(descriptor) : nullptr;
        if (!room || (tls_ && !session) || !poller_.add(descriptor)) {
            count(ConnectionReason::tcp_refused_full);
            continue;
        }
        const std::uint64_t number = receiver_.counters().accepted.fetch_add(1, relaxed);
        connections_.try_emplace(
            descriptor,
            Connection{HepStream(std::move(accepted->socket), accepted->peer, std::move(session)),
                       number});
        receiver_.counters().open.store(connections_.size(), relaxed);
        if (tls_) {
            handshakes_.push_back(
                {std::chrono::steady_clock::now() + handshake_time_, descriptor, number});
        }
    }
}

void HepListener::serve(int descriptor) {
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    Connection& connection = found->second;
    const auto state = connection.stream.read(receiver_);
    if (state == HepStream::State::ended) return close(descriptor, connection.stream.trouble());
    const bool awaits_write = state == HepStream::State::wants_write;
    if (awaits_write != connection.awaits_write) {
        connection.awaits_write = awaits_write;
        poller_.await_write(descriptor, awaits_write);
    }
}

void HepListener::close(int descriptor, std::optional<ConnectionReason> trouble) {
    if (trouble) count(*trouble);
    connections_.erase(descriptor);
    receiver_.counters().open.store(connections_.size(), relaxed);
}

void HepListener::end_slow_handshakes() {
    if (handshakes_.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    for (; !handshakes_.empty() && handshakes_.front().deadline <= now; handshakes_.pop_front()) {
        const Handshake& oldest = handshakes_.front();
        const auto found = connections_.find(oldest.descriptor);
        if (found == connections_.end() || found->second.number != oldest.connection) continue;
        if (found->second.stream.is_established()) continue;
        close(oldest.descriptor, ConnectionReason::tls_handshake_slow);
    }
}

int HepListener::timeout_ms() const {
    auto deadline = receiver_.deadline();
    if (!handshakes_.empty()) {
        const auto handshake = handshakes_.front().deadline;
        deadline = std::min(deadline.value_or(handshake), handshake);
    }
    if (!deadline) return -1;
    const auto left = *deadline - std::chrono::steady_clock::now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::max<std::int64_t>(ms, 0));
}

void HepListener::count(ConnectionReason reason) noexcept {
    receiver_.counters().connections_failed[static_cast<std::size_t>(reason)].fetch_add(1, relaxed);
}

}  // namespace ci::sources
