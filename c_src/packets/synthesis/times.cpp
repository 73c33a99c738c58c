#include "packets/synthesis/times.h"

#include <algorithm>

namespace ci::synthesis {

std::vector<Nanos> rising(std::span<const wire::Micros> times) {
    // A file may hold any time: those before 1970, and behind what 64 bits hold, cannot be written.
    constexpr wire::Micros last = 9'000'000'000'000'000;
    std::vector<Nanos> all;
    all.reserve(times.size());
    for (const wire::Micros time : times)
        all.push_back(std::clamp<wire::Micros>(time, 0, last) * step);
    for (std::size_t i = all.size(); i-- > 1;) all[i - 1] = std::min(all[i - 1], all[i] - step);
    Nanos least = 0;
    for (Nanos& time : all) {
        time = std::max(time, least);
        least = time + step;
    }
    return all;
}

void keep_apart(std::vector<Sent>& all) {
    std::stable_sort(all.begin(), all.end(),
                     [](const Sent& a, const Sent& b) { return a.at < b.at; });
    for (std::size_t i = 1; i < all.size(); ++i)
        all[i].at = std::max(all[i].at, all[i - 1].at + step);
}

}  // namespace ci::synthesis
