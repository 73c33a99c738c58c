#include "order/aligned_call.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "order/causality/cancel_ties.h"
#include "order/causality/causes.h"
#include "order/causality/late_stamps.h"
#include "order/causality/leg_causes.h"
#include "order/causality/log_responses.h"
#include "order/causality/refuted_clocks.h"
#include "order/causality/unseen_hops.h"
#include "order/clocks/by_dialogue.h"
#include "order/clocks/hidden_steps.h"
#include "order/clocks/log_places.h"

namespace ci::order {
namespace {

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
        const bool forwarded =
            in.request == out.request && in.method == out.method && in.status == out.status &&
            !std::binary_search(repeated.begin(), repeated.end(), std::pair(in.method, in.number));
        ties.push_back({timebase.epoch[first], timebase.epoch[second], timebase.times[first],
                        timebase.times[second], edge.hard, forwarded});
    }
    return ties;
}

void find_all_causes(const Observations& observations, const std::vector<Symbol>& hosts,
                     AlignedCall& call) {
    const auto within_one = [&](const Transmissions& transmissions) {
        auto causes = find_causes(observations, call.timebase, transmissions);
        for (const auto& more : {forward_log_responses(transmissions, causes),
                                 cross_unseen_hops(observations, hosts, transmissions)}) {
            causes.insert(causes.end(), more.begin(), more.end());
        }
        return causes;
    };
    call.causes =
        find_by_dialogue<Edge>(call.transmissions, observations.dialogues.size(), within_one);
    for (const LegCause& one :
         find_leg_causes(observations, call.timebase, call.transmissions, call.causes)) {
        call.causes.push_back({one.cause, one.effect, false});
    }
}

/// Computes alignment, transmissions and causes from timebase and sightings.
void align_sightings(const Observations& observations, const std::vector<Symbol>& hosts,
                     std::span<const ClockPrior> priors, AlignedCall& result) {
    const auto pair = [&](std::span<const CausalTie> causal) {
        result.alignment =
            align(observations, result.timebase, result.sightings, hosts, priors, causal);
        result.transmissions = merge_observers(observations, result.timebase, result.sightings,
                                               result.alignment, hosts);
        find_all_causes(observations, hosts, result);
    };
    pair({});
    std::vector<Edge> causes = result.causes;
    const auto cancels = find_cancel_ties(observations, result.transmissions);
    causes.insert(causes.end(), cancels.begin(), cancels.end());
    const auto causal = causal_ties(result.timebase, result.transmissions, causes);
    if (!causal.empty()) pair(causal);
}

AlignedCall align_once(const Observations& observations, const std::vector<Symbol>& hosts,
                       std::span<const ClockPrior> priors, const std::vector<bool>& refuted) {
    AlignedCall result;
    result.timebase = find_timebase(observations, refuted);
    result.sightings = gather(observations, result.timebase);
    const auto hidden = find_hidden_steps(observations, result.timebase, result.sightings);
    if (!hidden.empty()) {
        result.timebase = split_at_steps(observations, result.timebase, hidden);
        result.sightings = gather(observations, result.timebase);
    }
    align_sightings(observations, hosts, priors, result);
    return result;
}

}  // namespace

AlignedCall align_call(const Observations& observations, const std::vector<Symbol>& hosts,
                       std::span<const ClockPrior> priors) {
    AlignedCall call = align_once(observations, hosts, priors, {});
    const auto refuted =
        refute_clocks(observations, call.timebase, call.sightings, call.transmissions, call.causes);
    if (std::find(refuted.begin(), refuted.end(), true) != refuted.end()) {
        call = align_once(observations, hosts, priors, refuted);
    }
    if (call.timebase.epochs.size() > 1 &&
        pull_back(call.timebase, call.sightings, call.transmissions, call.causes)) {
        align_sightings(observations, hosts, priors, call);
    }
    return call;
}

void add_coarse_logs(Observations& observations, const std::vector<Symbol>& hosts,
                     AlignedCall& call) {
    if (observations.in_coarse_logs.empty()) return;
    place_coarse_logs(observations, hosts, call.timebase, call.alignment, call.transmissions);
    find_all_causes(observations, hosts, call);
}

}  // namespace ci::order
