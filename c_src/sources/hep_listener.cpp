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
    return std::unique_ptr<HepListener>(new HepListener(wire::to_string(local), *std::move(socket),
                                                        std::move(wake), std::move(sink)));
}

HepListener::HepListener(std::string id, UdpSocket socket, Descriptor wake, Sink sink)
    : id_(std::move(id)),
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
    drafts_.clear();
    if (observers_.size() < datagrams.size()) observers_.resize(datagrams.size());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
        bytes += datagrams[i].bytes.size();
        const auto intake = take_in(datagrams[i], id_, observers_[i]);
        if (!intake) {
            counters_.refused[intake.error().index()].fetch_add(1, relaxed);
            continue;
        }
        if (intake->damage) {
            counters_.damaged[static_cast<std::size_t>(*intake->damage)].fetch_add(1, relaxed);
        }
        drafts_.push_back(intake->draft);
    }
    const std::size_t stored = drafts_.empty() ? 0 : sink_(drafts_);
    counters_.stored.fetch_add(stored, relaxed);
    counters_.refused[Refused(Reason::store_failed).index()].fetch_add(drafts_.size() - stored,
                                                                       relaxed);
    counters_.bytes.fetch_add(bytes, relaxed);
    counters_.last_seen.store(datagrams.back().arrival, relaxed);
    counters_.kernel_dropped.store(socket_.kernel_dropped(), relaxed);
    // Last, so that whoever reads `received` finds its datagrams in the other counters.
    counters_.received.fetch_add(datagrams.size(), std::memory_order_release);
    return datagrams.size();
}

}  // namespace ci::sources
