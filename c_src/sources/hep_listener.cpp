#include "sources/hep_listener.h"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <algorithm>

namespace ci::sources {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;
/// How many reads from one socket follow the stop, so that a busy sender cannot delay the end.
constexpr int last_reads = 1'024;
/// Limits the accepted connections per wake-up, so that frequent connects do not delay reads.
constexpr std::size_t accepted_at_once = 64;
constexpr std::size_t last_accepted = 1'024;
constexpr std::chrono::milliseconds looking_away{100};

/// Moves the descriptor to the lowest free number. A descriptor's number tells how many are in use
/// only while low numbers are used first.
os::Descriptor lowered(os::Descriptor descriptor) {
    os::Descriptor lower(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, 0));
    return lower.is_open() && lower.get() < descriptor.get() ? std::move(lower)
                                                             : std::move(descriptor);
}

}  // namespace

std::string HepListener::id_of(const HepOptions& options) {
    return (options.tls ? "tls:" : "") + wire::to_string(options.local);
}

wire::expected<std::unique_ptr<HepListener>, net::SocketError> HepListener::start(
    const HepOptions& options, Sink sink) {
    std::optional<net::UdpSocket> udp;
    std::optional<net::TlsContext> tls;
    if (options.tls) {
        auto context = net::TlsContext::load(*options.tls);
        if (!context) return std::move(context.error());
        tls = *std::move(context);
    } else {
        auto socket = net::UdpSocket::bind(options.local);
        if (!socket) return std::move(socket.error());
        udp = *std::move(socket);
    }
    auto tcp = net::TcpAcceptor::listen(options.local);
    if (!tcp) return std::move(tcp.error());
    os::Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.is_open()) return net::last_socket_error();
    net::Poller poller;
    if (!poller.is_open() || (udp && !poller.add(udp->descriptor())) ||
        !poller.add(tcp->descriptor()) || !poller.add(wake.get())) {
        return net::last_socket_error();
    }
    Sockets sockets{std::move(udp), std::move(tls), *std::move(tcp), std::move(wake),
                    std::move(poller)};
    return std::unique_ptr<HepListener>(
        new HepListener(options, std::move(sockets), std::move(sink)));
}

HepListener::HepListener(const HepOptions& options, Sockets sockets, Sink sink)
    : Source(id_of(options), options.local, options.admission, options.switches, std::move(sink)),
      max_connections_(options.max_connections),
      max_descriptor_(options.max_descriptor),
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
                receive_batch();
            } else if (ready == tcp_.descriptor()) {
                accept(accepted_at_once);
            } else if (ready == wake_.get()) {
                stopped = true;
            } else {
                serve(ready);
            }
        }
        end_slow_handshakes();
        receiver_.expire();
        look_again();
    }
    drain();
    receiver_.finish();
}

/// Reads what the kernel received before the stop.
void HepListener::drain() {
    for (int i = 0; i < last_reads && receive_batch(); ++i) {
    }
    accept(last_accepted);
    for (auto& [descriptor, connection] : connections_.all()) {
        for (int i = 0; i < last_reads; ++i) {
            if (connection.stream.read(receiver_) != HepStream::State::more) break;
        }
    }
}

bool HepListener::receive_batch() {
    if (!udp_) return false;
    const auto datagrams = udp_->receive();
    receiver_.counters().kernel_dropped.store(udp_->kernel_dropped(), relaxed);
    if (datagrams.empty()) return false;
    receiver_.receive(datagrams);
    return true;
}

void HepListener::accept(std::size_t most) {
    for (; most > 0; --most) {
        auto accepted = tcp_.accept();
        if (!accepted) break;
        if (receiver_.admission().allows(accepted->peer.address)) {
            welcome(*std::move(accepted));
        } else {
            count(ConnectionReason::not_allowed);
        }
    }
    if (tcp_.is_exhausted()) look_away();
}

void HepListener::welcome(net::TcpAcceptor::Accepted accepted) {
    if (!make_room(accepted)) return;
    const int descriptor = accepted.socket.get();
    auto session = tls_ ? tls_->accept(descriptor) : nullptr;
    if ((tls_ && !session) || !poller_.add(descriptor)) {
        count(ConnectionReason::tcp_refused_full);  // out of memory
        return;
    }
    const std::uint64_t number = receiver_.counters().accepted.fetch_add(1, relaxed);
    connections_.add(descriptor,
                     {HepStream(std::move(accepted.socket), accepted.peer, std::move(session)),
                      accepted.peer.address, number});
    receiver_.counters().open.store(connections_.size(), relaxed);
    if (tls_) {
        handshakes_.push_back(
            {std::chrono::steady_clock::now() + handshake_time_, descriptor, number});
    }
}

bool HepListener::make_room(net::TcpAcceptor::Accepted& accepted) {
    const bool has_descriptor =
        accepted.socket.is_open() && accepted.socket.get() < max_descriptor_;
    if (has_descriptor && connections_.size() < max_connections_) return true;
    const auto out = connections_.least_needed(accepted.peer.address, Connections::Clock::now());
    if (out) close(*out, ConnectionReason::tcp_made_room);
    if (out && accepted.socket.is_open()) {
        if (!has_descriptor) accepted.socket = lowered(std::move(accepted.socket));
        if (accepted.socket.get() < max_descriptor_) return true;
    }
    count(has_descriptor ? ConnectionReason::tcp_refused_full
                         : ConnectionReason::tcp_refused_descriptors);
    return false;
}

void HepListener::look_away() {
    looks_again_at_ = std::chrono::steady_clock::now() + looking_away;
    poller_.look_away(tcp_.descriptor(), true);
}

void HepListener::look_again() {
    if (!looks_again_at_ || *looks_again_at_ > std::chrono::steady_clock::now()) return;
    looks_again_at_.reset();
    poller_.look_away(tcp_.descriptor(), false);
}

void HepListener::serve(int descriptor) {
    Connection* const found = connections_.find(descriptor);
    if (found == nullptr) return;
    Connection& connection = *found;
    const auto state = connection.stream.read(receiver_);
    if (state == HepStream::State::more) {
        connection.heard = Connection::Clock::now();
        connection.has_spoken = true;
    }
    if (state == HepStream::State::ended) return close(descriptor, connection.stream.trouble());
    const bool awaits_write = state == HepStream::State::wants_write;
    if (awaits_write != connection.awaits_write) {
        connection.awaits_write = awaits_write;
        poller_.await_write(descriptor, awaits_write);
    }
}

void HepListener::close(int descriptor, std::optional<ConnectionReason> trouble) {
    if (trouble) count(*trouble);
    connections_.remove(descriptor);
    receiver_.counters().open.store(connections_.size(), relaxed);
}

void HepListener::end_slow_handshakes() {
    if (handshakes_.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    for (; !handshakes_.empty() && handshakes_.front().deadline <= now; handshakes_.pop_front()) {
        const Handshake& oldest = handshakes_.front();
        const Connection* const found = connections_.find(oldest.descriptor);
        if (found == nullptr || found->number != oldest.connection) continue;
        if (found->stream.is_established()) continue;
        close(oldest.descriptor, ConnectionReason::tls_handshake_slow);
    }
}

int HepListener::timeout_ms() const {
    auto next = receiver_.deadline();
    const auto sooner = [&next](std::chrono::steady_clock::time_point at) {
        next = std::min(next.value_or(at), at);
    };
    if (looks_again_at_) sooner(*looks_again_at_);
    if (!handshakes_.empty()) sooner(handshakes_.front().deadline);
    if (!next) return -1;
    const auto left = *next - std::chrono::steady_clock::now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::max<std::int64_t>(ms, 0));
}

void HepListener::count(ConnectionReason reason) noexcept {
    receiver_.counters().connections_failed[static_cast<std::size_t>(reason)].fetch_add(1, relaxed);
}

}  // namespace ci::sources
