#include "dialog/side.h"

#include <algorithm>

namespace ci::dialog {
namespace {

/// What is left of the hosts of an observer's first message after all its others.
struct Candidates {
    Id first = 0, second = 0;
    bool met = false;

    void meet(const Observation& seen) {
        if (!met) {
            first = seen.src_host;
            second = seen.dst_host == seen.src_host ? 0 : seen.dst_host;
            met = true;
        }
        const auto keep = [&](Id host) {
            return host == seen.src_host || host == seen.dst_host ? host : 0;
        };
        first = keep(first);
        second = keep(second);
    }
    [[nodiscard]] Id only() const { return first == 0 ? second : second == 0 ? first : 0; }
};

}  // namespace

std::vector<Id> own_hosts(const Observations& observations) {
    std::vector<Candidates> candidates(observations.observers.size());
    for (const Observation& seen : observations.all) candidates[seen.observer].meet(seen);
    std::vector<Id> own;
    for (const Candidates& of : candidates) own.push_back(of.only());
    std::vector<Id> taken = own;
    std::sort(taken.begin(), taken.end());
    const auto is_taken = [&](Id host) {
        return std::binary_search(taken.begin(), taken.end(), host);
    };
    for (std::size_t i = 0; i < own.size(); ++i) {
        Candidates left = candidates[i];
        if (own[i] != 0) continue;
        if (is_taken(left.first)) left.first = 0;
        if (is_taken(left.second)) left.second = 0;
        own[i] = left.only();
    }
    return own;
}

}  // namespace ci::dialog
