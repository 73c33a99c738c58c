#include "clocks/delivery.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace ci::clocks {
namespace {

using wire::Micros;

constexpr Micros slot_length = 20'000'000;
constexpr Micros recent_past = 3'600'000'000;
constexpr std::size_t slots_for_growth = 6;

/// Evenly distributed, and the same in each run (splitmix64).
std::uint64_t scattered(std::uint64_t number) {
    number += 0x9e3779b97f4a7c15U;
    number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27U)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31U);
}

/// Appends to an array that is full from time to time: the oldest makes room.
template <class T, std::size_t n>
void append(std::array<T, n>& all, std::size_t& used, const T& one) {
    if (used == n) {
        std::move(all.begin() + 1, all.end(), all.begin());
        --used;
    }
    all.at(used++) = one;
}

}  // namespace

void Delays::restore(const Slot& slot) {
    begin(slot);
    samples_.at(used_ - 1) = {{slot.middle}, 1};
}

void Delays::begin(const Slot& slot) {
    std::size_t sampled = used_;
    append(slots_, used_, slot);
    append(samples_, sampled, Sample{});
}

void Delays::restore(const Fall& fall) {
    append(falls_, fallen_, fall);
}

void Delays::add(Micros arrival, Micros delay) {
    const bool is_same = used_ > 0 && arrival < slots_[used_ - 1].at + slot_length &&
                         arrival > slots_[used_ - 1].at - slot_length;
    if (is_same) {
        Slot& slot = slots_[used_ - 1];
        slot.least = std::min(slot.least, delay);
        slot.most = std::max(slot.most, delay);
    } else {
        begin({arrival, delay, delay, delay});
    }
    sample(arrival, delay);
    follow(arrival, delay);
}

/// Each message of the slot is as likely as any other to be in the sample.
void Delays::sample(Micros arrival, Micros delay) {
    Sample& own = samples_.at(used_ - 1);
    std::uint64_t at = own.of++;
    const std::size_t room = own.delays.size();
    if (at >= room) at = scattered(static_cast<std::uint64_t>(arrival) + at) % own.of;
    if (at >= room) return;
    own.delays.at(at) = delay;
    slots_.at(used_ - 1).middle = median_of({&own, 1});
}

/// Of all samples, each of which counts once. Of two in the middle the lower one.
Micros Delays::median_of(std::span<const Sample> samples) {
    using Row = std::pair<Micros, double>;  // delay, weight
    std::array<Row, slots * std::tuple_size_v<decltype(Sample::delays)>> all{};
    std::size_t count = 0;
    for (const Sample& sample : samples) {
        const auto kept = sample.kept();
        for (const Micros delay : kept) {
            all.at(count++) = {delay, 1.0 / static_cast<double>(kept.size())};
        }
    }
    const auto rows = std::span(all).first(count);
    std::sort(rows.begin(), rows.end());
    constexpr double rounding = 1e-9;
    double below = 0;
    for (const auto& [delay, weight] : rows) {
        below += weight;
        if (below + rounding >= static_cast<double>(samples.size()) / 2) return delay;
    }
    return 0;
}

void Delays::follow(Micros arrival, Micros delay) {
    if (is_falling_) {
        turn_ = std::min(turn_, delay);
        if (delay < turn_ + bump) return;
        is_falling_ = false;
        turn_ = delay;
        return;
    }
    turn_ = std::max(turn_, delay);
    if (turn_ < bump || delay > turn_ / 2) return;
    append(falls_, fallen_, {arrival, turn_});
    is_falling_ = true;
    turn_ = delay;
}

void Delays::lengthen(Micros by) {
    for (Slot& slot : slots_) {
        slot.middle += by;
        slot.least += by;
        slot.most += by;
    }
    for (Sample& sample : samples_) {
        for (Micros& delay : sample.delays) delay += by;
    }
    for (Fall& fall : falls_) fall.from += by;
    turn_ += by;
}

bool Delays::is_growing(std::span<const Slot> recent) const {
    if (is_falling_ || recent.size() < slots_for_growth) return false;
    const auto last = recent.last(slots_for_growth);
    for (std::size_t i = 1; i < last.size(); ++i) {
        if (last[i].least <= last[i - 1].least) return false;
    }
    return last.back().least - last.front().least >= bump;
}

Delivery Delays::judge(Micros common, Micros since) const {
    Delivery delivery;
    if (used_ == 0) return delivery;
    const Micros newest = slots_[used_ - 1].at;
    const Micros oldest = std::min(newest, std::max(newest - recent_past, since));
    std::array<Slot, slots> kept{};
    std::array<Sample, slots> samples{};
    std::size_t count = 0;
    std::size_t bumpy = 0;
    Micros most = std::numeric_limits<Micros>::min();
    for (std::size_t i = 0; i < used_; ++i) {
        if (slots_.at(i).at < oldest) continue;
        kept.at(count) = slots_.at(i);
        samples.at(count++) = samples_.at(i);
        most = std::max(most, slots_.at(i).most);
        if (slots_.at(i).most >= bump) ++bumpy;
    }
    const std::span<const Slot> recent(kept.data(), count);
    const Micros usual = median_of(std::span(samples).first(count));
    // A message cannot arrive before it is sent.
    delivery.median = std::max<Micros>(0, usual + common);
    delivery.worst = std::max<Micros>(0, most + common);

    std::size_t falls = 0;
    bool is_long = false;
    for (const Fall& fall : kept_falls()) {
        if (fall.at < recent.front().at) continue;
        ++falls;
        is_long = is_long || fall.from >= long_delay;
    }
    using enum Delivery::Kind;
    if (is_growing(recent)) {
        delivery.kind = growing;
    } else if (falls == falls_for_batches && bumpy * 4 >= recent.size()) {
        delivery.kind = batches;
    } else if (is_long && is_falling_) {
        delivery.kind = spooled;
    } else if (delivery.median >= late_from) {
        delivery.kind = late;
    }
    return delivery;
}

}  // namespace ci::clocks
