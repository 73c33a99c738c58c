#include "sources/receiver.h"

#include "intake/inference.h"

namespace ci::sources {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// Limits the drafts held at a time. One datagram may hold thousands of packets, each of which may
/// grow when it is decoded.
constexpr std::size_t max_drafts = 256;

/// `draft` was made of `capture`, which is the result of hep::decode() for `packet`.
Origin origin_of(const wire::Datagram& packet, const hep::Result<hep::Capture>& capture,
                 const chunk::Draft& draft) {
    Origin origin;
    origin.peer = packet.peer.address;
    if (!capture) return origin;
    origin.maker = hep::maker_of(packet.bytes, *capture);
    const wire::Endpoint& source = capture->source;
    const wire::Endpoint& destination = capture->destination;
    const auto is_empty = [](const wire::Address& address) {
        return address.family == wire::Family::ipv6 && intake::is_unknown(address);
    };
    origin.is_empty_ipv6 = is_empty(source.address) || is_empty(destination.address);
    origin.is_same_ends = !origin.is_empty_ipv6 && source == destination;
    // Intake found another destination in the message.
    origin.is_same_ipv6 = !origin.is_empty_ipv6 && source.address == destination.address &&
                          draft.dst.address != destination.address;
    return origin;
}

}  // namespace

void Receiver::receive(std::span<const wire::Datagram> datagrams) {
    now_ = Pieces::Clock::now();
    for (const wire::Datagram& datagram : datagrams) receive_datagram(datagram);
    counters_.last_seen.store(datagrams.back().arrival, relaxed);
    hand_over();
}

void Receiver::receive_datagram(const wire::Datagram& datagram) {
    wire::Datagram packet = datagram;
    if (packet.local.address.family == wire::Family::none) packet.local = local_;
    auto rest = datagram.bytes;
    do {
        packet.bytes = hep::next_packet(rest);
        receive_packet(packet);
    } while (!rest.empty());
}

void Receiver::receive_packet(const wire::Datagram& packet) {
    ++received_;
    bytes_ += packet.bytes.size();
    if (!switches_.is_on(Switch::capture)) return refuse(intake::Reason::capture_off);
    if (!admission_.allows(packet.peer.address)) return refuse(intake::Reason::not_allowed);
    const auto capture = hep::decode(packet.bytes, packet.arrival);
    if (capture && !admission_.has_key(*capture)) return refuse(intake::Reason::bad_auth_key);
    if (capture && Pieces::concern(*capture)) return pieces_.add(packet, *capture, now_);
    keep(packet, capture);
}

void Receiver::keep(const wire::Datagram& packet, const hep::Result<hep::Capture>& capture) {
    const auto intake = intake::make_draft(packet, capture, id_, next_memory(), options());
    // Plain SIP cannot carry a key.
    if (intake && !capture && !admission_.auth_key.empty()) {
        return refuse(intake::Reason::bad_auth_key);
    }
    keep(intake, intake ? origin_of(packet, capture, intake->draft) : Origin{});
}

void Receiver::add(const logs::Record& record, wire::Micros arrival, bool is_live) {
    if (is_live != is_live_) hand_over();
    is_live_ = is_live;
    ++received_;
    counters_.last_seen.store(arrival, relaxed);
    if (!switches_.is_on(Switch::capture)) return refuse(intake::Reason::capture_off);
    keep(intake::make_draft(record, arrival, id_, next_memory(), options()), Origin{});
}

intake::Memory& Receiver::next_memory() {
    if (memories_.size() <= drafts_.size()) memories_.emplace_back();
    return memories_[drafts_.size()];
}

intake::Options Receiver::options() const noexcept {
    intake::Options options;
    options.keep_bad_sip = switches_.is_on(Switch::capture_bad_msgs);
    return options;
}

void Receiver::keep(const wire::expected<intake::Intake, intake::Refused>& intake,
                    const Origin& origin) {
    if (!intake) return refuse(intake.error());
    if (intake->damage)
        counters_.damaged[intake::Refused(*intake->damage).index()].fetch_add(1, relaxed);
    if (intake->complaint) counters_.damaged[intake->complaint->index()].fetch_add(1, relaxed);
    if (!intake->draft.event.empty()) ++events_;
    drafts_.push_back(intake->draft);
    origins_.push_back(origin);
    if (drafts_.size() == max_drafts) hand_over();
}

void Receiver::refuse(intake::Refused reason) {
    counters_.refused[reason.index()].fetch_add(1, relaxed);
}

void Receiver::expire() {
    const auto deadline = pieces_.deadline();
    if (!deadline) return;
    const auto now = Pieces::Clock::now();
    if (now < *deadline) return;
    pieces_.expire(now);
    hand_over();
}

void Receiver::finish() {
    if (!pieces_.deadline()) return;
    pieces_.finish();
    hand_over();
}

void Receiver::hand_over() {
    senders_.note(drafts_, origins_, id_, is_live_);
    const std::size_t stored = drafts_.empty() ? 0 : sink_(drafts_);
    counters_.stored.fetch_add(stored, relaxed);
    counters_.refused[intake::Refused(intake::Reason::store_failed).index()].fetch_add(
        drafts_.size() - stored, relaxed);
    counters_.events.fetch_add(events_, relaxed);
    counters_.bytes.fetch_add(bytes_, relaxed);
    drafts_.clear();
    origins_.clear();
    pieces_.forget();
    for (std::size_t i = 0; i < counters_.pieces.size(); ++i) {
        counters_.pieces[i].store(pieces_.counts()[i], relaxed);
    }
    // Last, so that a reader of `received` finds its packets in the other counters.
    counters_.received.fetch_add(received_, std::memory_order_release);
    received_ = bytes_ = events_ = 0;
}

}  // namespace ci::sources
