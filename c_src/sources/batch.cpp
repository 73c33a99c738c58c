#include "sources/batch.h"

namespace ci::sources {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// One datagram may hold thousands of packets, and each of them may become larger than it was.
constexpr std::size_t most_drafts = 256;

}  // namespace

void Batch::take(const Datagram& datagram, const Sink& sink, Counters& counters) {
    Datagram packet = datagram;
    if (packet.local.address.family == wire::Family::none) packet.local = local_;
    auto rest = datagram.bytes;
    do {
        packet.bytes = hep::take_packet(rest);
        if (memories_.size() <= drafts_.size()) memories_.emplace_back();
        ++received_;
        bytes_ += packet.bytes.size();
        const auto intake = take_in(packet, parser_, memories_[drafts_.size()], options_);
        if (!intake) {
            counters.refused[intake.error().index()].fetch_add(1, relaxed);
            continue;
        }
        if (intake->damage) {
            counters.damaged[Refused(*intake->damage).index()].fetch_add(1, relaxed);
        }
        if (intake->complaint) {
            counters.damaged[intake->complaint->index()].fetch_add(1, relaxed);
        }
        if (!intake->draft.event.empty()) ++events_;
        drafts_.push_back(intake->draft);
        if (drafts_.size() == most_drafts) hand_over(sink, counters);
    } while (!rest.empty());
}

void Batch::hand_over(const Sink& sink, Counters& counters) {
    const std::size_t stored = drafts_.empty() ? 0 : sink(drafts_);
    counters.stored.fetch_add(stored, relaxed);
    counters.refused[Refused(Reason::store_failed).index()].fetch_add(drafts_.size() - stored,
                                                                      relaxed);
    counters.events.fetch_add(events_, relaxed);
    counters.bytes.fetch_add(bytes_, relaxed);
    drafts_.clear();
    // Last, so that whoever reads `received` finds its packets in the other counters.
    counters.received.fetch_add(received_, std::memory_order_release);
    received_ = bytes_ = events_ = 0;
}

}  // namespace ci::sources
