#include "order/event_graph.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "order/causality/own_order.h"
#include "order/causality/protocol_order.h"
#include "order/causality/same_clock.h"
#include "order/clocks/by_dialogue.h"
#include "order/clocks/loosely_tied_clocks.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A cause stamped later than its effect by less than this is the usual lateness of stamps.
constexpr Micros worth_reporting = 50'000;
/// A cause later than its effect by more than this, on comparable clocks and in the order of
/// arrival too, is not the cause. The cause was lost, and this is its retransmission (T1 is 500
/// ms).
constexpr Micros not_the_cause = 420'000;

/// Whether the times of two transmissions can be compared. If only arrivals show a step that may
/// lie between them, their distance is known no better than by arrivals.
bool comparable(const Observations& observations, const Timebase& timebase, const Transmission& one,
                const Transmission& other) {
    const auto was_stepped = [&](std::uint32_t i) {
        return timebase.epochs[timebase.epoch[i]].was_stepped;
    };
    const auto& first = one.observations;
    const auto& second = other.observations;
    // A report that came some time later than those before it tells nothing.
    const auto tells = [&](std::uint32_t i) {
        return timebase.epochs[timebase.epoch[i]].has_clock ||
               !observations.uneven[observations.all[i].observer];
    };
    if (std::none_of(first.begin(), first.end(), tells) ||
        std::none_of(second.begin(), second.end(), tells)) {
        return false;
    }
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
std::vector<Edge> drop_refuted_causes(const Observations& observations,
                                      const std::vector<Edge>& causes, const Timebase& timebase,
                                      const Transmissions& transmissions,
                                      Contradictions& contradictions) {
    std::vector<Edge> kept;
    for (const Edge& edge : causes) {
        const Transmission& cause = transmissions.all[edge.cause];
        const Transmission& effect = transmissions.all[edge.effect];
        const Micros late = cause.at - effect.at;
        const bool refuted = late > not_the_cause && cause.firm == effect.firm &&
                             cause.arrival > effect.arrival &&
                             comparable(observations, timebase, cause, effect);
        if (!refuted) kept.push_back(edge);
        if (late > worth_reporting) contradictions.late(edge, late, !refuted);
    }
    return kept;
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

/// Each dialogue by itself; its gates get numbers behind those of the dialogues before.
ProtocolOrder protocol_order_of(const Observations& observations, const Timebase& timebase,
                                const Transmissions& transmissions,
                                const std::vector<Micros>& bounds) {
    const std::size_t dialogues = observations.dialogues.size();
    if (dialogues <= 1) return find_protocol_order(observations, timebase, transmissions, bounds);
    ProtocolOrder all;
    for (const DialoguePart& part : split_by_dialogue(transmissions, dialogues)) {
        std::vector<Micros> own;
        own.reserve(part.nodes.size());
        for (const std::uint32_t node : part.nodes) own.push_back(bounds[node]);
        const ProtocolOrder order =
            find_protocol_order(observations, timebase, part.transmissions, own);
        const auto number = [&](std::uint32_t node) {
            if (node < part.nodes.size()) return part.nodes[node];
            const auto gate = transmissions.all.size() + all.gates.size() + node;
            return static_cast<std::uint32_t>(gate - part.nodes.size());
        };
        for (Edge edge : order.edges) {
            edge.cause = number(edge.cause);
            edge.effect = number(edge.effect);
            all.edges.push_back(edge);
        }
        all.gates.insert(all.gates.end(), order.gates.begin(), order.gates.end());
    }
    return all;
}

}  // namespace

EventGraph build_graph(const Observations& observations, const AlignedCall& call,
                       Contradictions& contradictions) {
    const auto& [timebase, sightings, alignment, transmissions, causes] = call;
    EventGraph graph;
    auto& [edges, stamps, times] = graph;
    for (const Transmission& one : transmissions.all) stamps.push_back(one.at);
    edges = drop_refuted_causes(observations, causes, timebase, transmissions, contradictions);
    for (const Edge& edge : break_cycles(stamps, edges)) contradictions.cycle(edge);

    // The protocol order is judged by times that causes have already corrected.
    const auto corrected = [&] {
        auto latest = run_back(graph.stamps, graph.edges);
        const bool moved = move_together(call.timebase, call.alignment, call.transmissions, latest);
        return moved ? run_back(std::move(latest), graph.edges) : latest;
    };
    const ProtocolOrder protocol =
        protocol_order_of(observations, timebase, transmissions, corrected());
    edges.insert(edges.end(), protocol.edges.begin(), protocol.edges.end());
    stamps.insert(stamps.end(), protocol.gates.begin(), protocol.gates.end());
    for (const Edge& edge : break_cycles(stamps, edges)) contradictions.cycle(edge);
    tell_turned(observations, timebase, transmissions, edges, contradictions);

    times = corrected();
    const auto own_order = find_own_order(timebase, transmissions, edges, times);
    if (!own_order.empty()) {
        edges.insert(edges.end(), own_order.begin(), own_order.end());
        (void)break_cycles(times, edges);  // a report overtaken on its way is no contradiction
        times = corrected();
    }
    return graph;
}

}  // namespace ci::order
