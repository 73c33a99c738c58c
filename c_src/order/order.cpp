#include "order/order.h"

#include <algorithm>

#include "order/causality/causal_graph.h"
#include "order/causality/causes.h"
#include "order/causality/contradictions.h"
#include "order/causality/late_stamps.h"
#include "order/causality/log_responses.h"
#include "order/causality/own_order.h"
#include "order/causality/protocol_order.h"
#include "order/causality/refuted_clocks.h"
#include "order/causality/same_clock.h"
#include "order/causality/unseen_hops.h"
#include "order/clocks/alignment.h"
#include "order/clocks/hidden_steps.h"
#include "order/clocks/loosely_tied_clocks.h"
#include "order/clocks/transmission.h"
#include "order/observe/deduplication.h"
#include "order/observe/observation.h"
#include "order/observe/observer_hosts.h"
#include "order/observe/timebase.h"
#include "order/report.h"

namespace ci::order {
namespace {

using chunk::Chunk;
using wire::Micros;

/// A cause stamped later than its effect by less than this is the usual lateness of stamps.
constexpr Micros worth_reporting = 50'000;
/// A cause later than its effect by more than this, on comparable clocks and in the order of
/// arrival too, is not the cause. The cause was lost, and this is its retransmission (T1 is 500
/// ms).
constexpr Micros not_the_cause = 420'000;
/// Whether the times of two transmissions can be compared. If only arrivals show a step that may
/// lie between them, their distance is known no better than by arrivals.
bool comparable(const Timebase& timebase, const Transmission& one, const Transmission& other) {
    const auto was_stepped = [&](std::uint32_t i) {
        return timebase.epochs[timebase.epoch[i]].was_stepped;
    };
    const auto& first = one.observations;
    const auto& second = other.observations;
    if (std::none_of(first.begin(), first.end(), was_stepped) &&
        std::none_of(second.begin(), second.end(), was_stepped)) {
        return true;
    }
    bool common = false;
    for_each_shared_epoch(timebase, first, second,
                          [&](std::uint32_t, std::uint32_t) { common = true; });
    return common;
}

/// Leaves out the causes that stamps refute. Reports these and the causes that stamps contradict.
std::vector<Edge> believable(const std::vector<Edge>& causes, const Timebase& timebase,
                             const Transmissions& transmissions, Contradictions& contradictions) {
    std::vector<Edge> kept;
    for (const Edge& edge : causes) {
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        const Micros late = cause.at - effect.at;
        const bool refuted = late > not_the_cause && cause.firm == effect.firm &&
                             cause.arrival > effect.arrival && comparable(timebase, cause, effect);
        if (!refuted) kept.push_back(edge);
        if (late > worth_reporting) contradictions.late(edge, late, !refuted);
    }
    return kept;
}

/// Cause and effect of clocks that only arrivals tie. Takes only messages without retransmission,
/// so that there is no doubt which transmission caused which.
std::vector<CausalTie> causal_ties(const Timebase& timebase, const Transmissions& transmissions,
                                   const std::vector<Edge>& causes) {
    std::vector<CausalTie> ties;
    const bool tied = std::all_of(
        transmissions.all.begin(), transmissions.all.end(),
        [&](const Transmission& one) { return one.group == transmissions.all.front().group; });
    if (tied) return ties;
    const auto once = [&](const Transmission& one) {
        return transmissions.messages[one.message].count == 1;
    };
    // If a request was retransmitted, the response that was forwarded may be the second one.
    std::vector<std::pair<Symbol, std::uint64_t>> repeated;
    for (const Message& message : transmissions.messages) {
        const Observation& what = *message.what;
        if (what.request && message.count > 1) repeated.emplace_back(what.method, what.number);
    }
    std::sort(repeated.begin(), repeated.end());
    for (const Edge& edge : causes) {
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        if (cause.group == effect.group || !once(cause) || !once(effect)) continue;
        const auto first = cause.observations.front();
        const auto second = effect.observations.front();
        const Observation& in = *transmissions.messages[cause.message].what;
        const Observation& out = *transmissions.messages[effect.message].what;
        const bool sent_on =
            in.request == out.request && in.method == out.method && in.status == out.status &&
            !std::binary_search(repeated.begin(), repeated.end(), std::pair(in.method, in.number));
        ties.push_back({timebase.epoch[first], timebase.epoch[second], timebase.times[first],
                        timebase.times[second], sent_on});
    }
    return ties;
}

/// Reports what an observer saw on one hop in the opposite of the final order.
void tell_turned(const Observations& observations, const Timebase& timebase,
                 const Transmissions& transmissions, const std::vector<Edge>& edges,
                 Contradictions& contradictions) {
    // The time as reported: corrected stamps (late_stamps.h) no longer show the order.
    const auto reported = [&](std::uint32_t i) {
        const Observation& seen = observations.all[i];
        const bool has_clock = timebase.epochs[timebase.epoch[i]].has_clock;
        return has_clock ? seen.stamp.value_or(seen.arrival) : seen.arrival;
    };
    for (const Edge& edge : edges) {
        if (std::max(edge.cause, edge.effect) >= transmissions.all.size()) continue;  // a gate
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        const Observation& first = *transmissions.messages[cause.message].what;
        const Observation& second = *transmissions.messages[effect.message].what;
        if (cause.message == effect.message || first.src != second.src || first.dst != second.dst) {
            continue;
        }
        for_each_shared_epoch(
            timebase, cause.observations, effect.observations,
            [&](std::uint32_t i, std::uint32_t k) {
                const Micros turned = reported(i) - reported(k);
                if (turned <= 0 || observations.all[i].arrival < observations.all[k].arrival)
                    return;
                contradictions.turned(observations.observers[observations.all[i].observer], edge,
                                      turned);
            });
    }
}

/// Everything up to the graph: clocks, transmissions and their causes.
struct Measured {
    Timebase timebase;
    Sightings sightings;
    Alignment alignment;
    Transmissions transmissions;
    std::vector<Edge> causes;
};

/// Computes alignment, transmissions and causes from timebase and sightings.
void merge_observers(const Observations& observations, const std::vector<Symbol>& hosts,
                     std::span<const ClockPrior> priors, Measured& result) {
    const auto pair = [&](std::span<const CausalTie> causal) {
        result.alignment =
            align(observations, result.timebase, result.sightings, hosts, priors, causal);
        result.transmissions = merge_observers(observations, result.timebase, result.sightings,
                                               result.alignment, hosts);
        result.causes = find_causes(observations, result.timebase, result.transmissions);
        for (const auto& more : {forward_log_responses(result.transmissions, result.causes),
                                 cross_unseen_hops(observations, hosts, result.transmissions)}) {
            result.causes.insert(result.causes.end(), more.begin(), more.end());
        }
    };
    pair({});
    const auto causal = causal_ties(result.timebase, result.transmissions, result.causes);
    if (!causal.empty()) pair(causal);
}

Measured measure(const Observations& observations, const std::vector<Symbol>& hosts,
                 std::span<const ClockPrior> priors, const std::vector<bool>& refuted) {
    Measured result;
    result.timebase = find_timebase(observations, refuted);
    result.sightings = gather(observations, result.timebase);
    const auto hidden = find_hidden_steps(observations, result.timebase, result.sightings);
    if (!hidden.empty()) {
        result.timebase = split_at_steps(observations, result.timebase, hidden);
        result.sightings = gather(observations, result.timebase);
    }
    merge_observers(observations, hosts, priors, result);
    return result;
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

}  // namespace

Flow order(std::span<const Chunk> chunks, std::span<const ClockPrior> priors) {
    if (chunks.empty()) return {};
    const Observations observations = observe(chunks);
    const std::vector<Symbol> hosts = find_observer_hosts(observations);
    Measured measured = measure(observations, hosts, priors, {});
    const auto refuted = refute_clocks(observations, measured.timebase, measured.sightings,
                                       measured.transmissions, measured.causes);
    if (std::find(refuted.begin(), refuted.end(), true) != refuted.end()) {
        measured = measure(observations, hosts, priors, refuted);
    }
    if (measured.timebase.epochs.size() > 1 &&
        pull_back(measured.timebase, measured.sightings, measured.transmissions, measured.causes)) {
        merge_observers(observations, hosts, priors, measured);
    }
    const auto& [timebase, sightings, alignment, transmissions, causes] = measured;
    const auto& mappings = alignment.mappings;

    Contradictions contradictions(chunks, observations, transmissions);
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

    std::vector<Micros> stamps;
    for (const Transmission& one : transmissions.all) stamps.push_back(one.at);
    auto edges = believable(causes, timebase, transmissions, contradictions);
    for (const Edge& edge : break_cycles(stamps, edges)) contradictions.cycle(edge);

    // The protocol order is judged by times that causes have already corrected.
    const auto corrected = [&] {
        auto times = run_back(stamps, edges);
        const bool moved =
            move_together(measured.timebase, measured.alignment, measured.transmissions, times);
        return moved ? run_back(std::move(times), edges) : times;
    };
    const ProtocolOrder protocol =
        find_protocol_order(observations, timebase, transmissions, corrected());
    edges.insert(edges.end(), protocol.edges.begin(), protocol.edges.end());
    stamps.insert(stamps.end(), protocol.gates.begin(), protocol.gates.end());
    for (const Edge& edge : break_cycles(stamps, edges)) contradictions.cycle(edge);
    tell_turned(observations, timebase, transmissions, edges, contradictions);

    auto times = corrected();
    const auto own_order = find_own_order(observations, timebase, transmissions, edges, times);
    if (!own_order.empty()) {
        edges.insert(edges.end(), own_order.begin(), own_order.end());
        (void)break_cycles(times, edges);  // a report overtaken on its way is no contradiction
        times = corrected();
    }
    std::vector<Priority> priorities;
    for (std::size_t i = 0; i < times.size(); ++i) {
        Priority priority{times[i], stamps[i], 0, 0};
        if (i < transmissions.all.size()) {
            const Transmission& one = transmissions.all[i];
            priority.rank = protocol_rank(*transmissions.messages[one.message].what);
            priority.arrival = one.arrival;
        }
        priorities.push_back(priority);
    }

    const Watchers watchers = watchers_of(hosts);
    Flow flow;
    const auto order = sort(priorities, edges);
    for (const auto node : order) {
        if (node >= transmissions.all.size()) continue;  // a gate
        flow.events.push_back(event_of(observations, transmissions, watchers, node, times[node]));
    }
    flow.clocks = clocks_of(chunks, observations, timebase, alignment, hosts, transmissions);
    flow.gaps = missing_requests_of(chunks, observations, transmissions, order);
    flow.contradictions = contradictions.take();
    return flow;
}

}  // namespace ci::order
