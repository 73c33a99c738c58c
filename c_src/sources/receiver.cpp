#include "sources/receiver.h"

namespace ci::sources {

wire::expected<Intake, Refused> Receiver::admit(const Datagram& datagram,
                                                std::string& observer) const {
    if (!is_capturing()) return Refused(Reason::capture_off);
    if (!admission_.allows(datagram.peer.address)) return Refused(Reason::not_allowed);
    if (admission_.auth_key.empty()) return take_in(datagram, id_, observer);
    const auto key = admission_.check_key(datagram);
    if (key == Admission::Key::wrong) return Refused(Reason::bad_auth_key);
    auto intake = take_in(datagram, id_, observer);
    // What is not HEP has no place for a key, and keeps its own reason unless it would be stored.
    if (intake && key == Admission::Key::not_hep) return Refused(Reason::bad_auth_key);
    return intake;
}

void Receiver::take(std::span<const Datagram> datagrams) {
    constexpr auto relaxed = std::memory_order_relaxed;
    drafts_.clear();
    peers_.clear();
    if (observers_.size() < datagrams.size()) observers_.resize(datagrams.size());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
        bytes += datagrams[i].bytes.size();
        const auto intake = admit(datagrams[i], observers_[i]);
        if (!intake) {
            counters_.refused[intake.error().index()].fetch_add(1, relaxed);
            continue;
        }
        if (intake->damage) {
            counters_.damaged[static_cast<std::size_t>(*intake->damage)].fetch_add(1, relaxed);
        }
        drafts_.push_back(intake->draft);
        peers_.push_back(datagrams[i].peer.address);
    }
    if (!drafts_.empty()) senders_.note(drafts_, peers_, id_);
    const std::size_t stored = drafts_.empty() ? 0 : sink_(drafts_);
    counters_.stored.fetch_add(stored, relaxed);
    counters_.refused[Refused(Reason::store_failed).index()].fetch_add(drafts_.size() - stored,
                                                                       relaxed);
    counters_.bytes.fetch_add(bytes, relaxed);
    counters_.last_seen.store(datagrams.back().arrival, relaxed);
    // Last, so that whoever reads `received` finds its datagrams in the other counters.
    counters_.received.fetch_add(datagrams.size(), std::memory_order_release);
}

}  // namespace ci::sources
