#include "sources/habits.h"

#include <algorithm>
#include <cstring>

#include "wire/hash.h"

namespace ci::sources {
namespace {

/// Up to eight octets of a text as a number.
std::uint64_t octets(std::string_view text) noexcept {
    std::uint64_t number = 0;
    if (!text.empty()) std::memcpy(&number, text.data(), std::min(text.size(), sizeof number));
    return number;
}

/// Quicker than wire::hash_of(), which a sender could not guess: here a guess gains nothing.
std::uint64_t digest(std::string_view text, std::uint64_t print) noexcept {
    const std::uint64_t key = wire::hash_key().second;
    print ^= text.size();
    for (; text.size() > sizeof print; text.remove_prefix(sizeof print)) {
        print = wire::fold(print ^ octets(text), key);
    }
    return wire::fold(print ^ octets(text), key);
}

std::uint64_t number_of(const wire::Address& address) noexcept {
    std::uint64_t high = 0, low = 0;
    std::memcpy(&high, address.bytes.data(), sizeof high);
    std::memcpy(&low, address.bytes.data() + sizeof high, sizeof low);
    return wire::hash_of(high ^ (low * 0x9e3779b97f4a7c15U));
}

/// Ports tell hosts apart only where the address does not: a stream has a new one each time.
struct Ends {
    std::uint64_t from, to;
};
Ends ends_of(const chunk::Draft& draft) noexcept {
    if (draft.src.address == draft.dst.address) {
        return {wire::hash_of(std::uint64_t{draft.src.port} + 1),
                wire::hash_of(std::uint64_t{draft.dst.port} + 1)};
    }
    return {number_of(draft.src.address), number_of(draft.dst.address)};
}

/// The same for what a sender mirrors twice; another one for the message on its next hop.
std::uint64_t print_of(const chunk::Draft& draft) noexcept {
    constexpr std::size_t version = 4;  // "SIP/" tells nothing
    const auto& key = wire::hash_key();
    const auto label = draft.label.substr(std::min(draft.label.size(), version));
    std::uint64_t print = digest(draft.call_id, key.first);
    print = wire::fold(print ^ octets(draft.c_seq), key.second ^ octets(label));
    const std::uint64_t ports = (std::uint64_t{draft.src.port} << 16U) | draft.dst.port;
    print = wire::fold(print ^ draft.message.size(), key.second ^ (ports << 32U));
    return print | 1U;
}

}  // namespace

void Habits::note(const chunk::Draft& draft, const Origin& origin) noexcept {
    if (origin.maker != hep::Maker::unknown) maker_ = origin.maker;
    if (!draft.event.empty()) return;
    open(draft.ref_timestamp);
    HabitCounts& counts = windows_[0].counts;
    ++counts.all;
    counts.hep1 += draft.hep_version == 1 ? 1U : 0U;
    counts.hep2 += draft.hep_version == 2 ? 1U : 0U;
    counts.no_hep += draft.hep_version == 0 ? 1U : 0U;
    counts.empty_ipv6 += origin.is_empty_ipv6 ? 1U : 0U;
    counts.same_ends += origin.is_same_ends ? 1U : 0U;
    counts.same_ipv6 += origin.is_same_ipv6 ? 1U : 0U;
    counts.truncated += draft.flags.has(chunk::Flag::truncated) ? 1U : 0U;
    counts.options += draft.method == "OPTIONS" ? 1U : 0U;
    counts.from_peer += draft.src.address == origin.peer ? 1U : 0U;
    counts.to_peer += draft.dst.address == origin.peer ? 1U : 0U;
    counts.twice += was_seen(draft) ? 1U : 0U;
    note_hop(draft);
}

void Habits::open(wire::Micros arrival) noexcept {
    Window& newest = windows_[0];
    const wire::Micros age = arrival - newest.since;
    const bool is_over = age >= oldest_window || (age >= window && newest.counts.all >= enough);
    if (newest.counts.all > 0 && is_over) {
        windows_[1] = newest;
        newest = {};
    }
    if (newest.counts.all == 0) newest.since = arrival;
    newest.until = std::max(newest.until, arrival);
}

bool Habits::was_seen(const chunk::Draft& draft) noexcept {
    const std::uint64_t print = print_of(draft);
    const auto found = std::find(prints_.begin(), prints_.end(), print);
    if (found != prints_.end()) {
        const auto place = static_cast<std::size_t>(found - prints_.begin());
        const wire::Micros apart = draft.timestamp - seen_at_[place];
        *found = 0;  // so that two of three count as one that came twice, and a third as new
        if (apart <= twice_within && apart >= -twice_within) return true;
    }
    prints_[next_seen_] = print;
    seen_at_[next_seen_] = draft.timestamp;
    next_seen_ = (next_seen_ + 1) % remembered;
    return false;
}

void Habits::note_hop(const chunk::Draft& draft) noexcept {
    const auto [from, to] = ends_of(draft);
    const std::uint64_t hosts = (from + to) | 1U;
    Hop& hop = windows_[0].hops[wire::hash_of(hosts) % most_hops];
    if (hop.hosts == 0) hop.hosts = hosts;
    if (hop.hosts != hosts) return;
    ++(from < to ? hop.there : hop.back);
}

HabitCounts Habits::counts() const noexcept {
    HabitCounts sum;
    wire::Micros since = 0, until = 0;
    for (const Window& one : windows_) {
        const HabitCounts& counts = one.counts;
        if (counts.all == 0) continue;
        sum.all += counts.all;
        sum.hep1 += counts.hep1;
        sum.hep2 += counts.hep2;
        sum.no_hep += counts.no_hep;
        sum.empty_ipv6 += counts.empty_ipv6;
        sum.same_ends += counts.same_ends;
        sum.same_ipv6 += counts.same_ipv6;
        sum.truncated += counts.truncated;
        sum.options += counts.options;
        sum.twice += counts.twice;
        sum.from_peer += counts.from_peer;
        sum.to_peer += counts.to_peer;
        for (const Hop& hop : one.hops) {
            sum.on_hops += hop.there + std::uint64_t{hop.back};
            if (hop.there == 0 || hop.back == 0) sum.one_way += hop.there + std::uint64_t{hop.back};
        }
        since = since == 0 ? one.since : std::min(since, one.since);
        until = std::max(until, one.until);
    }
    sum.lasted = until - since;
    return sum;
}

}  // namespace ci::sources
