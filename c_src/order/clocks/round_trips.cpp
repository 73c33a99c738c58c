#include "order/clocks/round_trips.h"

#include <algorithm>
#include <utility>

namespace ci::order {
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

KeyMap<Micros> longest_latencies(const Observations& observations, const Timebase& timebase,
                                 const std::vector<Symbol>& hosts) {
    KeyMap<Micros> sent;
    KeyMap<Shortest> shortest;
    std::vector<Key> hops;
    for (std::size_t i = 0; i < observations.all.size(); ++i) {
        const Observation& seen = observations.all[i];
        const std::uint32_t epoch = timebase.epoch[i];
        const Symbol here = hosts[seen.observer];
        const bool is_sent = seen.src_host == here;
        if (is_sent == (seen.dst_host == here) || !timebase.epochs[epoch].has_clock) continue;
        const Symbol there = is_sent ? seen.dst_host : seen.src_host;
        const bool is_ack = seen.request && seen.method == method::ack;
        const bool is_final = seen.final() && seen.method == method::invite;
        Key exchange{pack(here, there), 0, seen.number, epoch, 0};
        if (is_sent ? is_final : is_ack) {
            std::get<1>(exchange) = seen.to_tag;
            std::get<4>(exchange) = 1;
        } else {
            const Symbol branch = observations.stacks.top(seen.vias);
            if (branch == 0 || is_ack || is_sent != seen.request) continue;
            std::get<1>(exchange) = pack(branch, seen.method);
        }
        if (is_sent) {
            sent.emplace(exchange, timebase.times[i]);
        } else if (const Micros* at = sent.find(exchange); at && *at <= timebase.times[i]) {
            const Key hop{pack_unordered(here, there), 0, 0, 0, 0};
            const auto [known, is_new] = shortest.emplace(hop, {});
            if (is_new) hops.push_back(hop);
            known->add(timebase.times[i] - *at);
        }
    }
    KeyMap<Micros> latencies;
    for (const Key& hop : hops) {
        constexpr unsigned several = 4;
        const Shortest& known = *shortest.find(hop);
        latencies.emplace(hop, (known.count < several ? known.first : known.second) / 2);
    }
    return latencies;
}

}  // namespace ci::order
