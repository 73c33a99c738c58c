#include "dialog/round_trips.h"

#include <algorithm>
#include <utility>

namespace ci::dialog {
namespace {

using wire::Micros;

struct Shortest {
    Micros first = latest_time, second = latest_time;
    unsigned count = 0;

    void add(Micros took) {
        ++count;
        if (took >= second) return;
        second = took;
        if (second < first) std::swap(first, second);
    }
};

}  // namespace

Table<Micros> longest_latencies(const Observations& observations, const Readings& readings,
                                const std::vector<Id>& hosts) {
    Table<Micros> sent;
    Table<Shortest> shortest;
    std::vector<Key> hops;
    for (std::size_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        const Id branch = observations.stacks.top(seen.vias);
        if (branch == 0 || !readings.stretches[readings.stretch[i]].has_clock) continue;
        const Id here = seen.request ? seen.src_host : seen.dst_host;
        const Id there = seen.request ? seen.dst_host : seen.src_host;
        if (hosts[seen.observer] != here || here == there) continue;
        const Key transaction{both(here, there), both(branch, seen.method), seen.number,
                              readings.stretch[i], 0};
        if (seen.request) {
            sent.emplace(transaction, readings.times[i]);
        } else if (const Micros* at = sent.find(transaction); at && *at <= readings.times[i]) {
            const Key hop{unordered(here, there), 0, 0, 0, 0};
            const auto [known, is_new] = shortest.emplace(hop, {});
            if (is_new) hops.push_back(hop);
            known->add(readings.times[i] - *at);
        }
    }
    Table<Micros> latencies;
    for (const Key& hop : hops) {
        constexpr unsigned several = 4;
        const Shortest& known = *shortest.find(hop);
        latencies.emplace(hop, (known.count < several ? known.first : known.second) / 2);
    }
    return latencies;
}

}  // namespace ci::dialog
