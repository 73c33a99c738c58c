#include "sources/senders.h"

#include <algorithm>

namespace ci::sources {
namespace {

/// NAME of "ADDRESS#ID/NAME@PARSER"; an address has neither # nor /.
std::string_view agent_name_of(std::string_view observer, std::string_view parser) {
    if (observer.size() > parser.size()) observer.remove_suffix(parser.size() + 1);
    const auto slash = observer.find('/');
    return slash == std::string_view::npos ? std::string_view() : observer.substr(slash + 1);
}

wire::Micros median(std::vector<wire::Micros> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Of two clocks that stamp by turns, how far they are apart; else 0. Messages that are late come
/// in one piece, and the stamps of one clock are not in two heaps.
wire::Micros apart(std::span<const wire::Micros> offsets) {
    constexpr wire::Micros far = 1'000'000;
    constexpr wire::Micros narrow = 10;  // a heap is this many times narrower than the gap
    constexpr std::size_t turns_of_two = 8;
    const auto [least, most] = std::minmax_element(offsets.begin(), offsets.end());
    if (offsets.size() < turns_of_two || *most - *least < far) return 0;
    const wire::Micros middle = *least + (*most - *least) / 2;
    wire::Micros top_of_low = *least, bottom_of_high = *most;
    std::size_t turns = 0;
    for (std::size_t i = 0; i < offsets.size(); ++i) {
        const bool is_high = offsets[i] > middle;
        if (is_high) bottom_of_high = std::min(bottom_of_high, offsets[i]);
        if (!is_high) top_of_low = std::max(top_of_low, offsets[i]);
        if (i > 0 && is_high != (offsets[i - 1] > middle)) ++turns;
    }
    const wire::Micros gap = bottom_of_high - top_of_low;
    const wire::Micros widest = std::max(top_of_low - *least, *most - bottom_of_high);
    return turns >= turns_of_two && widest * narrow <= gap ? gap : 0;
}

}  // namespace

void Senders::note(std::span<const chunk::Draft> drafts, std::span<const Origin> origins,
                   std::string_view parser, bool is_live) {
    const os::MutexLock lock(mutex_);
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        const chunk::Draft& draft = drafts[i];
        if (draft.observer == parser) continue;  // a capture is its own observer and has no sender
        Sender* const sender = find(draft, origins[i].peer, parser);
        if (sender == nullptr) {
            ++overflow_;
            continue;
        }
        ++sender->view.received;
        if (sender->view.last_seen != 0) {
            sender->view.longest_silence = std::max(sender->view.longest_silence,
                                                    draft.ref_timestamp - sender->view.last_seen);
        }
        sender->view.last_seen = draft.ref_timestamp;
        sender->habits.note(draft, origins[i]);
        if (!is_live || draft.flags.has(chunk::Flag::no_clock) ||
            draft.flags.has(chunk::Flag::bad_time)) {
            continue;
        }
        sender->offsets.at(sender->measured % samples) = draft.timestamp - draft.ref_timestamp;
        ++sender->measured;
    }
}

Senders::Sender* Senders::find(const chunk::Draft& draft, const wire::Address& peer,
                               std::string_view parser) {
    const auto found = index_.find(draft.observer);
    if (found != index_.end()) return &senders_[found->second];
    if (senders_.size() >= most || draft.observer.size() > longest_name) return nullptr;
    index_.emplace(draft.observer, senders_.size());
    Sender& sender = senders_.emplace_back();
    sender.view.observer = draft.observer;
    sender.view.address = peer;
    sender.view.capture_id = draft.capture_id;
    sender.view.agent_name = agent_name_of(draft.observer, parser);
    return &sender;
}

std::vector<Senders::View> Senders::views() const {
    const os::MutexLock lock(mutex_);
    std::vector<View> views;
    views.reserve(senders_.size());
    for (const Sender& sender : senders_) {
        views.push_back(sender.view);
        views.back().maker = sender.habits.maker();
        views.back().habits = sender.habits.counts();
        const auto kept = static_cast<std::ptrdiff_t>(std::min(sender.measured, samples));
        if (kept == 0) continue;
        views.back().clocks_apart = apart({sender.offsets.begin(), static_cast<std::size_t>(kept)});
        views.back().clock_offset = median({sender.offsets.begin(), sender.offsets.begin() + kept});
    }
    return views;
}

std::uint64_t Senders::overflow() const {
    const os::MutexLock lock(mutex_);
    return overflow_;
}

}  // namespace ci::sources
