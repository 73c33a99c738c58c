#include "commands/read_call.h"

#include <algorithm>
#include <utility>

namespace ci::commands {
namespace {

void add_reason(std::string& reasons, const std::string& reason) {
    if (reason.empty()) return;
    if (!reasons.empty()) reasons += "; ";
    reasons += reason;
}

/// The legs as far as the index knows them. The dialogue itself is always among them.
calls::Joined joined_legs(inspector::Inspector& inspector, const std::string& call_id) {
    calls::Joined joined;
    if (index::Index* const index = inspector.index()) {
        try {
            joined = calls::join(*index->dialogues(), call_id);
        } catch (const index::Failure& failure) {
            add_reason(joined.incomplete,
                       std::string("the index cannot be read: ") + failure.what());
        }
        add_reason(joined.incomplete, index->stats().incomplete);
    } else {
        joined.incomplete = "the index is turned off (setting index)";
    }
    if (joined.legs.empty()) joined.legs.push_back({call_id, {}, {}});
    return joined;
}

void read_legs(inspector::Inspector& inspector, const std::string& asked, WholeCall& call) {
    // What was asked for comes first, whatever else there is room for.
    std::stable_partition(call.legs.begin(), call.legs.end(),
                          [&](const calls::Leg& leg) { return leg.call_id == asked; });
    for (std::size_t i = 0; i < call.legs.size(); ++i) {
        store::StoredCall stored = inspector.store().read(call.legs[i].call_id);
        if (stored.error) {
            if (i == 0) {
                call.error = stored.error.text();
                return;
            }
            add_reason(call.incomplete,
                       "the messages of a leg cannot be read: " + stored.error.text());
        }
        if (i > 0 && call.chunks.size() + stored.chunks.size() > most_messages) {
            add_reason(call.incomplete, "messages of a leg are left out, there are more than " +
                                            std::to_string(most_messages));
            continue;
        }
        for (chunk::Chunk& chunk : stored.chunks) {
            call.chunks.push_back(std::move(chunk));
            call.leg_of.push_back(i);
        }
    }
}

/// Leg A is the one whose first message came first; legs without SIP come last.
void sort_legs(WholeCall& call) {
    constexpr auto never = static_cast<std::size_t>(-1);
    std::vector<std::pair<std::size_t, std::size_t>> first;  // event, leg
    for (std::size_t i = 0; i < call.legs.size(); ++i) first.emplace_back(never, i);
    for (std::size_t e = call.flow.events.size(); e-- > 0;) {
        const std::size_t chunk = call.flow.events[e].chunk;
        if (call.chunks[chunk].event.empty()) first[call.leg_of[chunk]].first = e;
    }
    std::sort(first.begin(), first.end());
    std::vector<std::size_t> place(first.size());
    std::vector<calls::Leg> legs;
    for (const auto& [event, leg] : first) {
        place[leg] = legs.size();
        legs.push_back(std::move(call.legs[leg]));
    }
    call.legs = std::move(legs);
    for (std::size_t& leg : call.leg_of) leg = place[leg];
}

}  // namespace

void put_in_order(WholeCall& call, std::span<const order::ClockPrior> priors) {
    call.flow = order::order(call.chunks, priors);
    sort_legs(call);
}

WholeCall read_whole_call(inspector::Inspector& inspector, const std::string& call_id) {
    WholeCall call;
    calls::Joined joined = joined_legs(inspector, call_id);
    call.legs = std::move(joined.legs);
    call.incomplete = std::move(joined.incomplete);
    read_legs(inspector, call_id, call);
    put_in_order(call, *inspector.clocks().priors());
    return call;
}

}  // namespace ci::commands
