#include "dialog/common_clock.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <tuple>

namespace ci::dialog {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
/// Batches, queues and clocks that nobody looks after explain this much.
constexpr Micros close = 600 * second;
/// From 1900, where NTP's era begins (RFC 5905 6), to 1970; give or take a wrong time zone.
constexpr Micros from_1900_to_1970 = 2'208'988'800 * second;
constexpr Micros day = 86'400 * second;
/// March 1999: RFC 2543, the first SIP.
constexpr Micros first_sip = 920'246'400 * second;

/// Less: more to be trusted.
std::tuple<bool, bool, std::uint32_t> weight(const Stretch& stretch) {
    return {!stretch.has_clock, stretch.bunched, ~stretch.observations};
}

bool is_impossible(Standing how) {
    return how == Standing::from_1900 || how == Standing::never_set;
}

/// By stretch: how many observers' clocks agree with it, the collector being one.
std::vector<std::uint32_t> votes(const std::vector<Stretch>& stretches) {
    std::vector<std::uint32_t> sorted;
    std::uint32_t observers = 0;
    for (std::uint32_t i = 0; i < stretches.size(); ++i) {
        observers = std::max(observers, stretches[i].observer + 1);
        if (stretches[i].has_clock) sorted.push_back(i);
    }
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
        return stretches[a].ahead < stretches[b].ahead;
    });
    std::vector<std::uint32_t> found(stretches.size());
    std::vector<std::uint32_t> inside(observers);  // how many stretches of each
    std::uint32_t agree = 0;
    std::size_t first = 0;
    std::size_t last = 0;
    for (const std::uint32_t i : sorted) {
        const Micros here = stretches[i].ahead;
        while (last < sorted.size() && stretches[sorted[last]].ahead - here <= close) {
            if (inside[stretches[sorted[last++]].observer]++ == 0) ++agree;
        }
        while (here - stretches[sorted[first]].ahead > close) {
            if (--inside[stretches[sorted[first++]].observer] == 0) --agree;
        }
        const bool collector = stretches[i].arrived && std::abs(here) <= close;
        found[i] = agree + (collector ? 1 : 0);
    }
    return found;
}

}  // namespace

Standing standing(const Stretch& stretch) {
    if (!stretch.has_clock) return Standing::near;
    if (stretch.stamp < first_sip) return Standing::never_set;
    if (!stretch.arrived || std::abs(stretch.ahead) <= close) return Standing::near;
    if (std::abs(stretch.ahead - from_1900_to_1970) <= day) return Standing::from_1900;
    return stretch.ahead < 0 ? Standing::behind : Standing::ahead;
}

bool is_doubtful(const Stretch& stretch) {
    const Standing how = standing(stretch);
    return stretch.arrived && how != Standing::near && how != Standing::behind;
}

CommonClock common_clock(const std::vector<Stretch>& stretches) {
    const auto agree = votes(stretches);
    const auto rank = [&](std::uint32_t i) {
        const Standing how = standing(stretches[i]);
        return std::tuple(!stretches[i].has_clock, is_impossible(how), ~agree[i], how,
                          weight(stretches[i]));
    };
    CommonClock best;
    for (std::uint32_t i = 1; i < stretches.size(); ++i) {
        if (rank(i) < rank(best.stretch)) best.stretch = i;
    }
    const Stretch& chosen = stretches[best.stretch];
    const Standing how = standing(chosen);
    best.by_arrival = chosen.arrived &&
                      (is_impossible(how) || (how == Standing::ahead && agree[best.stretch] < 2));
    if (best.by_arrival) best.ahead = chosen.ahead;
    return best;
}

std::vector<std::uint32_t> by_weight(const std::vector<Stretch>& stretches) {
    std::vector<std::uint32_t> numbers(stretches.size());
    std::iota(numbers.begin(), numbers.end(), 0U);
    std::stable_sort(numbers.begin(), numbers.end(), [&](std::uint32_t a, std::uint32_t b) {
        return weight(stretches[a]) < weight(stretches[b]);
    });
    return numbers;
}

}  // namespace ci::dialog
