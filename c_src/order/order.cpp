#include "order/order.h"

#include <algorithm>

#include "order/aligned_call.h"
#include "order/causality/causal_graph.h"
#include "order/causality/contradictions.h"
#include "order/causality/leg_causes.h"
#include "order/event_graph.h"
#include "order/observe/observation.h"
#include "order/observe/observer_hosts.h"
#include "order/places.h"
#include "order/report.h"

namespace ci::order {
namespace {

using chunk::Chunk;
using wire::Micros;

/// Reports clocks that are none, that are implausible, or that were set.
void report_clocks(const Observations& observations, const AlignedCall& call,
                   Contradictions& contradictions) {
    const auto& [timebase, sightings, alignment, transmissions, causes] = call;
    const auto& mappings = alignment.mappings;
    for (std::size_t i = 0; i < timebase.refused.size(); ++i) {
        if (timebase.refused[i]) contradictions.not_a_clock(observations.observers[i]);
    }
    for (const Epoch& epoch : timebase.epochs) {
        if (!is_doubtful(epoch)) continue;
        contradictions.implausible(observations.observers[epoch.observer], standing(epoch),
                                   epoch.ahead);
    }
    if (alignment.common.by_arrival) contradictions.dated_by_arrival();
    for (std::size_t i = 1; i < timebase.epochs.size(); ++i) {
        const std::uint32_t observer = timebase.epochs[i].observer;
        if (timebase.epochs[i - 1].observer != observer) continue;
        contradictions.was_stepped(observations.observers[observer],
                                   mappings[i].offset - mappings[i - 1].offset);
    }
}

/// The usual course of a call, for messages whose order nothing else tells: messages of the current
/// transaction are forwarded before a new transaction begins.
int protocol_rank(const Observation& what) {
    if (what.status == 100) return 0;  // a server sends it at once
    if (what.provisional()) return 2;
    if (!what.request) return 4;
    switch (what.method) {
        case method::ack:
            return 1;
        case method::cancel:
            return 5;
        case method::bye:
            return 6;
        default:
            return 3;
    }
}

std::vector<CauseOverLegs> over_legs(const Observations& observations, const AlignedCall& call,
                                     const std::vector<std::uint32_t>& order) {
    const auto& [timebase, sightings, alignment, transmissions, within] = call;
    const auto place = places_of(order, transmissions.all.size());
    std::vector<CauseOverLegs> causes;
    for (const LegCause& one : find_leg_causes(observations, timebase, transmissions, within)) {
        // Stamps, or a rule of one leg, may have refuted it.
        if (place[one.cause] > place[one.effect]) continue;
        causes.push_back(
            {place[one.cause], place[one.effect], why_names[static_cast<std::size_t>(one.why)]});
    }
    std::sort(causes.begin(), causes.end(),
              [](const auto& a, const auto& b) { return a.effect < b.effect; });
    return causes;
}

}  // namespace

Flow order(std::span<const Chunk> chunks, std::span<const ClockPrior> priors) {
    if (chunks.empty()) return {};
    Observations observations = observe(chunks);
    const std::vector<Symbol> hosts = find_observer_hosts(observations);
    AlignedCall aligned = align_call(observations, hosts, priors);
    add_coarse_logs(observations, hosts, aligned);
    const AlignedCall& call = aligned;
    const auto& [timebase, sightings, alignment, transmissions, causes] = call;
    Contradictions contradictions(chunks, observations, transmissions);
    report_clocks(observations, call, contradictions);
    const EventGraph graph = build_graph(observations, call, contradictions);
    std::vector<Priority> priorities;
    for (std::size_t i = 0; i < graph.times.size(); ++i) {
        Priority priority{graph.times[i], graph.stamps[i], 0, 0};
        if (i < transmissions.all.size()) {
            const Transmission& one = transmissions.all[i];
            priority.rank = protocol_rank(*transmissions.messages[one.message].what);
            priority.arrival = one.arrival;
        }
        priorities.push_back(priority);
    }

    const Watchers watchers = watchers_of(hosts);
    const std::vector<bool> tied = tied_observers(observations, timebase, alignment);
    Flow flow;
    const auto order = sort(priorities, graph.edges);
    for (const auto node : order) {
        if (node >= transmissions.all.size()) continue;  // a gate
        flow.events.push_back(
            event_of(observations, transmissions, watchers, tied, node, graph.times[node]));
    }
    flow.clocks = clocks_of(chunks, observations, timebase, alignment, hosts, transmissions);
    flow.gaps = missing_requests_of(chunks, observations, transmissions, order);
    flow.contradictions = contradictions.take();
    flow.over_legs = over_legs(observations, call, order);
    return flow;
}

}  // namespace ci::order
