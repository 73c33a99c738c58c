#include "clocks/clock_table.h"

#include <algorithm>

namespace ci::clocks {
namespace {

using wire::Micros;

/// The value of a key, which is added if there is room. Null: there is none.
template <class Map, class Key>
typename Map::mapped_type* place(Map& map, const Key& key, std::size_t most,
                                 std::uint64_t& overflow) {
    const auto found = map.find(key);
    if (found != map.end()) return &found->second;
    if (map.size() >= most) {
        ++overflow;
        return nullptr;
    }
    return &map[typename Map::key_type(key)];
}

}  // namespace

void ClockTable::arrived(std::string_view observer, Micros stamp, Micros arrival) {
    auto* const own = place(observers_, observer, max_observers, overflow_);
    if (own != nullptr) own->add(stamp, arrival);
}

void ClockTable::seen_by_both(const Report& sender, const Report& receiver) {
    auto* const own = place(pairs_, Pair{sender.observer, receiver.observer}, max_pairs, overflow_);
    if (own == nullptr) return;
    // Both saw the message when it was made, which the prompter report tells best.
    const Micros arrival = std::min(sender.arrival, receiver.arrival);
    own->track.add(arrival, receiver.stamp - sender.stamp);
    own->sender_later = sender.arrival - arrival;
    own->receiver_later = receiver.arrival - arrival;
}

void ClockTable::merge(const ClockTable& other) {
    for (const Row& row : other.rows()) restore(row);
    overflow_ += other.overflow_;
}

std::vector<ClockTable::Row> ClockTable::rows() const {
    std::vector<Row> rows;
    rows.reserve(observers_.size() + pairs_.size());
    for (const auto& [observer, own] : observers_) {
        rows.push_back({observer, "", own.line(), own.delays()});
    }
    for (const auto& [pair, own] : pairs_) {
        rows.push_back({pair.first, pair.second, own.track, {}});
    }
    return rows;
}

void ClockTable::restore(const Row& row) {
    if (row.to.empty()) {
        auto* const own = place(observers_, row.from, max_observers, overflow_);
        if (own != nullptr) own->merge(row.track, row.delays);
    } else {
        auto* const own = place(pairs_, Pair{row.from, row.to}, max_pairs, overflow_);
        if (own != nullptr) own->track.merge(row.track);
    }
}

std::vector<KnownClock> ClockTable::known() const {
    TiedClocks clocks;
    for (const auto& [observer, own] : observers_) clocks.add(observer, own);
    for (const auto& [pair, own] : pairs_) {
        const auto back = pairs_.find(Pair{pair.second, pair.first});
        const bool both_ways = back != pairs_.end();
        if (both_ways && pair.second < pair.first) continue;
        clocks.tie(pair.first, pair.second, own, both_ways ? &back->second : nullptr);
    }
    return clocks.known();
}

std::vector<order::ClockPrior> ClockTable::priors() const {
    std::vector<order::ClockPrior> priors;
    for (KnownClock& one : known()) priors.push_back(std::move(one.prior));
    return priors;
}

}  // namespace ci::clocks
