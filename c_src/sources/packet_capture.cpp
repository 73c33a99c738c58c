#include "sources/packet_capture.h"

#include <sys/eventfd.h>

#include "net/wall_clock.h"

namespace ci::sources {
namespace {

/// How long no frame arrives before the decoder's time advances without one; also the pause between
/// two attempts to reopen the interface.
constexpr int pause_ms = 1'000;
/// How many frames are taken before their messages are handed over.
constexpr int batch = 256;
/// How many batches follow the stop, so that a busy interface cannot delay the end.
constexpr int last_batches = 64;

}  // namespace

std::string PacketCapture::id_of(const CaptureOptions& options) {
    return "capture:" + options.interface;
}

wire::expected<std::unique_ptr<Source>, net::SocketError> PacketCapture::start(
    const CaptureOptions& options, Sink sink, Notice notice) {
    auto pcap = Pcap::open_interface(options.interface, options.filter);
    if (!pcap) return std::move(pcap.error());
    os::Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    net::Poller poller;
    if (!wake.is_open() || !poller.is_open() || !poller.add(wake.get()) ||
        !poller.add(pcap->descriptor())) {
        return net::last_socket_error();
    }
    return std::unique_ptr<Source>(new PacketCapture(options, *std::move(pcap), std::move(wake),
                                                     std::move(poller), std::move(sink),
                                                     std::move(notice)));
}

PacketCapture::PacketCapture(const CaptureOptions& options, Pcap pcap, os::Descriptor wake,
                             net::Poller poller, Sink sink, Notice notice)
    : Source(id_of(options), wire::Endpoint{}, Admission{}, options.switches, std::move(sink)),
      interface_(options.interface),
      filter_(options.filter),
      takes_hep_(options.takes_hep),
      notice_(std::move(notice)),
      pcap_(std::move(pcap)),
      wake_(std::move(wake)),
      poller_(std::move(poller)),
      messages_(receiver_),
      thread_([this] { run(); }) {}

PacketCapture::~PacketCapture() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
}

void PacketCapture::run() {
    const auto deliver = [this](const packets::Message& message) {
        messages_.add(message, net::now());
    };
    packets::Decoder::Limits limits;
    limits.takes_hep = takes_hep_;
    for (bool stopped = false; !stopped;) {
        if (pcap_ && !decoder_) decoder_.emplace(pcap_->link(), deliver, limits);
        const auto events = poller_.wait(pause_ms);
        receiver_.expire();
        for (const epoll_event& event : events) stopped = stopped || event.data.fd == wake_.get();
        if (!pcap_) {
            if (!stopped) resume();
            continue;
        }
        if (events.empty()) decoder_->pass(net::now());
        read_batch();
    }
    for (int i = 0; pcap_ && i < last_batches && read_batch(); ++i) {
    }
    if (decoder_) decoder_->end();
    messages_.hand_over();
    receiver_.finish();
    publish();
}

/// True: there may be more frames.
bool PacketCapture::read_batch() {
    Pcap::Frame frame;
    auto state = Pcap::State::frame;
    for (int i = 0; i < batch && !messages_.is_full(); ++i) {
        state = pcap_->next(frame);
        if (state != Pcap::State::frame) break;
        decoder_->decode(frame.bytes, frame.at);
    }
    messages_.hand_over();
    publish();
    if (state == Pcap::State::failed) interrupt(pcap_->trouble());
    return state == Pcap::State::frame;
}

void PacketCapture::interrupt(const std::string& why) {
    decoder_->end();
    messages_.hand_over();
    publish();
    before_ += decoder_->counts();
    dropped_before_ += pcap_->dropped();
    decoder_.reset();
    pcap_.reset();  // closing the descriptor removes it from the poller
    {
        const os::MutexLock lock(mutex_);
        interrupted_ = why;
        ++interruptions_;
    }
    notice_(id() + " is interrupted: " + why);
}

void PacketCapture::resume() {
    auto pcap = Pcap::open_interface(interface_, filter_);
    if (!pcap || !poller_.add(pcap->descriptor())) return;
    pcap_ = *std::move(pcap);
    {
        const os::MutexLock lock(mutex_);
        interrupted_.clear();
    }
    notice_(id() + " goes on");
}

void PacketCapture::publish() {
    packets::Counts counts = before_;
    if (decoder_) counts += decoder_->counts();
    frame_counters_.publish(counts);
    const std::uint64_t dropped = dropped_before_ + (pcap_ ? pcap_->dropped() : 0);
    receiver_.counters().kernel_dropped.store(dropped, std::memory_order_relaxed);
}

std::optional<FrameStats> PacketCapture::frames() const {
    FrameStats stats = frame_counters_.read();
    const os::MutexLock lock(mutex_);
    stats.interrupted = interrupted_;
    stats.interruptions = interruptions_;
    return stats;
}

}  // namespace ci::sources
