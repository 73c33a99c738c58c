#include "clocks/learner.h"

#include <bit>
#include <tuple>

#include "clocks/identity.h"

namespace ci::clocks {
namespace {

constexpr wire::Micros second = 1'000'000;

bool has_stamp(const chunk::Draft& draft) {
    return draft.event.empty() && draft.timestamp % second != 0 &&  // syslog stamps no fractions
           !draft.flags.has(chunk::Flag::no_clock) && !draft.flags.has(chunk::Flag::bad_time);
}

std::string_view observer_of(const chunk::Draft& draft) {
    return draft.observer.empty() ? draft.parser : draft.observer;
}

/// A late link's report pairs only if the message is still remembered. So that some are, however
/// many messages there are, most share one half of the memory; a part of them shares the third
/// quarter, and a small part the last one, where they stay longer. The identity decides, so that
/// it is the same part for all observers.
std::size_t place_of(std::uint64_t identity) {
    constexpr std::size_t half = Learner::remembered / 2, quarter = half / 2;
    constexpr std::uint64_t part = 32, small_part = part * part;
    const std::uint64_t other_bits = identity >> 48U;
    if (other_bits % part != 0) return identity % half;
    return half + (other_bits % small_part != 0 ? 0 : quarter) + identity % quarter;
}

}  // namespace

void Learner::take(std::span<const chunk::Draft> drafts) {
    struct Chosen {
        const chunk::Draft* draft;
        std::uint64_t identity;
    };
    thread_local std::vector<Chosen> chosen;
    chosen.clear();
    const std::uint64_t mask = (std::uint64_t{1} << shift_.load(std::memory_order_relaxed)) - 1;
    for (const chunk::Draft& draft : drafts) {
        if (!has_stamp(draft)) continue;
        const std::uint64_t own = identity(draft);
        // Samples by other bits than those that choose its place in `recent_`.
        if (((own >> 32U) & mask) == 0) chosen.push_back({&draft, own});
    }
    if (chosen.empty()) return;
    const os::MutexLock lock(mutex_);
    for (const auto& [draft, own] : chosen) {
        count(draft->ref_timestamp);
        learn(*draft, own);
    }
}

void Learner::count(wire::Micros arrival) {
    ++in_this_second_;
    const wire::Micros now = arrival / second;
    // Around the change of a second, arrivals of several threads alternate between both seconds.
    if (now == second_ || now + 1 == second_) return;
    const std::size_t all = in_this_second_ << shift_.load(std::memory_order_relaxed);
    shift_ = static_cast<unsigned>(std::bit_width(all / (per_second + 1)));
    second_ = now;
    in_this_second_ = 0;
}

std::uint32_t Learner::number_of(std::string_view observer) {
    if (const auto found = numbers_.find(observer); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(names_.size());
    names_.push_back(numbers_.emplace(observer, number).first->first);
    return number;
}

void Learner::learn(const chunk::Draft& draft, std::uint64_t identity) {
    const auto name = observer_of(draft);
    table_.arrived(name, draft.timestamp, draft.ref_timestamp);
    // An observer that the table does not follow cannot tie others.
    if (names_.size() >= clocks::ClockTable::max_observers && !numbers_.contains(name)) return;
    const std::uint32_t observer = number_of(name);
    Recent& recent = recent_[place_of(identity)];
    const bool is_known = recent.identity == identity &&
                          draft.ref_timestamp - recent.arrival < within &&
                          recent.arrival - draft.ref_timestamp < within;
    if (!is_known) {
        recent = {identity, draft.timestamp, draft.ref_timestamp, observer, false};
        return;
    }
    if (recent.observer == observer) {
        recent.is_repeated = true;
        return;
    }
    if (recent.is_repeated) return;
    // Which of the two observers is at which end is unknown. Comparing names with addresses gives
    // the same assignment for all messages of one direction and the opposite for the other, which
    // is enough.
    const auto one_way = [](const wire::Endpoint& a, const wire::Endpoint& b) {
        return std::tie(a.address.bytes, a.port) < std::tie(b.address.bytes, b.port);
    };
    const bool is_first = (names_[recent.observer] < name) == one_way(draft.src, draft.dst);
    const ClockTable::Report earlier{names_[recent.observer], recent.stamp, recent.arrival};
    const ClockTable::Report later{name, draft.timestamp, draft.ref_timestamp};
    if (is_first) {
        table_.seen_by_both(earlier, later);
    } else {
        table_.seen_by_both(later, earlier);
    }
}

void Learner::restore(std::span<const clocks::ClockTable::Row> rows) {
    const os::MutexLock lock(mutex_);
    for (const auto& row : rows) table_.restore(row);
}

clocks::ClockTable Learner::table() const {
    const os::MutexLock lock(mutex_);
    return table_;
}

}  // namespace ci::clocks
