#include "order/clocks/common_clock.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <tuple>

namespace ci::order {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
/// Batches, queues and unsynchronised clocks explain a difference of this much.
constexpr Micros close = 600 * second;
/// From 1900, the epoch of NTP (RFC 5905 6), to 1970, give or take a wrong time zone.
constexpr Micros from_1900_to_1970 = 2'208'988'800 * second;
constexpr Micros day = 86'400 * second;
/// March 1999: RFC 2543, the first SIP.
constexpr Micros first_sip = 920'246'400 * second;

/// A smaller weight is more trusted.
std::tuple<bool, bool, std::uint32_t> weight(const Epoch& epoch) {
    return {!epoch.has_clock, epoch.bunched, ~epoch.observations};
}

bool is_impossible(Standing how) {
    return how == Standing::from_1900 || how == Standing::never_set;
}

/// By epoch: how many observers' clocks agree with it, with the collector counted as one.
std::vector<std::uint32_t> votes(const std::vector<Epoch>& epochs) {
    std::vector<std::uint32_t> sorted;
    std::uint32_t observers = 0;
    for (std::uint32_t i = 0; i < epochs.size(); ++i) {
        observers = std::max(observers, epochs[i].observer + 1);
        if (epochs[i].has_clock) sorted.push_back(i);
    }
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
        return epochs[a].ahead < epochs[b].ahead;
    });
    std::vector<std::uint32_t> found(epochs.size());
    std::vector<std::uint32_t> inside(observers);  // by observer: its epochs within the window
    std::uint32_t agree = 0;
    std::size_t first = 0;
    std::size_t last = 0;
    for (const std::uint32_t i : sorted) {
        const Micros here = epochs[i].ahead;
        while (last < sorted.size() && epochs[sorted[last]].ahead - here <= close) {
            if (inside[epochs[sorted[last++]].observer]++ == 0) ++agree;
        }
        while (here - epochs[sorted[first]].ahead > close) {
            if (--inside[epochs[sorted[first++]].observer] == 0) --agree;
        }
        const bool collector = epochs[i].arrived && std::abs(here) <= close;
        found[i] = agree + (collector ? 1 : 0);
    }
    return found;
}

}  // namespace

Standing standing(const Epoch& epoch) {
    if (!epoch.has_clock) return Standing::near;
    if (epoch.stamp < first_sip) return Standing::never_set;
    if (!epoch.arrived || std::abs(epoch.ahead) <= close) return Standing::near;
    if (std::abs(epoch.ahead - from_1900_to_1970) <= day) return Standing::from_1900;
    return epoch.ahead < 0 ? Standing::behind : Standing::ahead;
}

bool is_doubtful(const Epoch& epoch) {
    const Standing how = standing(epoch);
    return epoch.arrived && how != Standing::near && how != Standing::behind;
}

CommonClock common_clock(const std::vector<Epoch>& epochs) {
    const auto agree = votes(epochs);
    const auto rank = [&](std::uint32_t i) {
        const Standing how = standing(epochs[i]);
        return std::tuple(!epochs[i].has_clock, is_impossible(how), ~agree[i], how,
                          weight(epochs[i]));
    };
    CommonClock best;
    for (std::uint32_t i = 1; i < epochs.size(); ++i) {
        if (rank(i) < rank(best.epoch)) best.epoch = i;
    }
    const Epoch& chosen = epochs[best.epoch];
    const Standing how = standing(chosen);
    best.by_arrival =
        chosen.arrived && (is_impossible(how) || (how == Standing::ahead && agree[best.epoch] < 2));
    if (best.by_arrival) best.ahead = chosen.ahead;
    return best;
}

std::vector<std::uint32_t> by_weight(const std::vector<Epoch>& epochs) {
    std::vector<std::uint32_t> numbers(epochs.size());
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::stable_sort(numbers.begin(), numbers.end(), [&](std::uint32_t a, std::uint32_t b) {
        return weight(epochs[a]) < weight(epochs[b]);
    });
    return numbers;
}

}  // namespace ci::order
