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
        const std::uint32_t stretch = readings.stretch[i];
        const Id here = hosts[seen.observer];
        const bool is_sent = seen.src_host == here;
        if (is_sent == (seen.dst_host == here) || !readings.stretches[stretch].has_clock) continue;
        const Id there = is_sent ? seen.dst_host : seen.src_host;
        const bool is_ack = seen.request && seen.method == method::ack;
        const bool is_final = seen.final() && seen.method == method::invite;
        Key exchange{both(here, there), 0, seen.number, stretch, 0};
        if (is_sent ? is_final : is_ack) {
            std::get<1>(exchange) = seen.to_tag;
            std::get<4>(exchange) = 1;
        } else {
            const Id branch = observations.stacks.top(seen.vias);
            if (branch == 0 || is_ack || is_sent != seen.request) continue;
            std::get<1>(exchange) = both(branch, seen.method);
        }
        if (is_sent) {
            sent.emplace(exchange, readings.times[i]);
        } else if (const Micros* at = sent.find(exchange); at && *at <= readings.times[i]) {
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
