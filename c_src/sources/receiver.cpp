#include "sources/receiver.h"

namespace ci::sources {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// One datagram may hold thousands of packets, and each of them may become larger than it was.
constexpr std::size_t most_drafts = 256;

}  // namespace

wire::expected<Intake, Refused> Receiver::admit(const Datagram& packet, Memory& memory) {
    if (!switches_.is_on(Switch::capture)) return Refused(Reason::capture_off);
    if (!admission_.allows(packet.peer.address)) return Refused(Reason::not_allowed);
    Options options;
    options.keep_bad_sip = switches_.is_on(Switch::capture_bad_msgs);
    if (admission_.auth_key.empty()) return take_in(packet, id_, memory, options);
    const auto key = admission_.check_key(packet);
    if (key == Admission::Key::wrong) return Refused(Reason::bad_auth_key);
    auto intake = take_in(packet, id_, memory, options);
    // What is not HEP has no place for a key, and keeps its own reason unless it would be stored.
    if (intake && key == Admission::Key::not_hep) return Refused(Reason::bad_auth_key);
    return intake;
}

void Receiver::take(std::span<const Datagram> datagrams) {
    for (const Datagram& datagram : datagrams) take_packets(datagram);
    counters_.last_seen.store(datagrams.back().arrival, relaxed);
    hand_over();
}

void Receiver::take_packets(const Datagram& datagram) {
    Datagram packet = datagram;
    if (packet.local.address.family == wire::Family::none) packet.local = local_;
    auto rest = datagram.bytes;
    do {
        packet.bytes = hep::take_packet(rest);
        take_packet(packet);
    } while (!rest.empty());
}

void Receiver::take_packet(const Datagram& packet) {
    if (memories_.size() <= drafts_.size()) memories_.emplace_back();
    ++received_;
    bytes_ += packet.bytes.size();
    const auto intake = admit(packet, memories_[drafts_.size()]);
    if (!intake) {
        counters_.refused[intake.error().index()].fetch_add(1, relaxed);
        return;
    }
    if (intake->damage) counters_.damaged[Refused(*intake->damage).index()].fetch_add(1, relaxed);
    if (intake->complaint) counters_.damaged[intake->complaint->index()].fetch_add(1, relaxed);
    if (!intake->draft.event.empty()) ++events_;
    drafts_.push_back(intake->draft);
    peers_.push_back(packet.peer.address);
    if (drafts_.size() == most_drafts) hand_over();
}

void Receiver::hand_over() {
    senders_.note(drafts_, peers_, id_);
    const std::size_t stored = drafts_.empty() ? 0 : sink_(drafts_);
    counters_.stored.fetch_add(stored, relaxed);
    counters_.refused[Refused(Reason::store_failed).index()].fetch_add(drafts_.size() - stored,
                                                                       relaxed);
    counters_.events.fetch_add(events_, relaxed);
    counters_.bytes.fetch_add(bytes_, relaxed);
    drafts_.clear();
    peers_.clear();
    // Last, so that whoever reads `received` finds its packets in the other counters.
    counters_.received.fetch_add(received_, std::memory_order_release);
    received_ = bytes_ = events_ = 0;
}

}  // namespace ci::sources
