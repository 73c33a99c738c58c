#include "commands/narrow_call.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "calls/course/course.h"
#include "calls/course/side.h"
#include "store/disk/line_format.h"

namespace ci::commands {
namespace {

/// Made of the messages themselves, so that nothing depends on the index.
std::vector<calls::Row> rows_of(const WholeCall& call) {
    std::vector<calls::Row> rows;
    for (const calls::Leg& leg : call.legs) rows.emplace_back(leg.call_id);
    for (std::size_t i = 0; i < call.chunks.size(); ++i) {
        rows[call.leg_of[i]].take(call.chunks[i]);
    }
    return rows;
}

bool has_leg(const WholeCall& call, const std::string& call_id) {
    return std::any_of(call.legs.begin(), call.legs.end(),
                       [&](const calls::Leg& leg) { return leg.call_id == call_id; });
}

using StoredMessage = std::pair<std::string, std::uint64_t>;  ///< Call-ID, number in the store

std::set<StoredMessage> stored_messages_of(const WholeCall& call) {
    std::set<StoredMessage> messages;
    for (const chunk::Chunk& chunk : call.chunks) {
        if (const auto seq = store::seq_of(chunk.json)) messages.emplace(chunk.call_id, *seq);
    }
    return messages;
}

/// What shows that two legs belong together is told to those who see the message that shows it: it
/// may name an address or a number of the other side.
void keep(WholeCall& call, const std::vector<bool>& seen) {
    WholeCall rest;
    std::vector<std::size_t> place(call.legs.size(), calls::none);
    for (std::size_t i = 0; i < call.chunks.size(); ++i) {
        if (!seen[i]) continue;
        std::size_t& leg = place[call.leg_of[i]];
        if (leg == calls::none) {
            leg = rest.legs.size();
            rest.legs.push_back(std::move(call.legs[call.leg_of[i]]));
        }
        rest.chunks.push_back(std::move(call.chunks[i]));
        rest.leg_of.push_back(leg);
    }
    const std::set<StoredMessage> known = stored_messages_of(rest);
    for (calls::Leg& leg : rest.legs) {
        std::erase_if(leg.joined_by, [&](const calls::Proof& proof) {
            return !has_leg(rest, proof.with) || !known.contains({proof.shown_by, proof.place});
        });
    }
    // The reason itself may name what is not seen.
    if (!call.incomplete.empty()) rest.incomplete = "legs or messages may be missing";
    call = std::move(rest);
}

}  // namespace

void narrow_call(WholeCall& call, const std::string& asked, const calls::Sight& sight,
                 inspector::Inspector& inspector) {
    if (sight.sees_all()) return;
    const std::vector<calls::Row> rows = rows_of(call);
    const bool is_theirs = std::any_of(rows.begin(), rows.end(), [&](const calls::Row& row) {
        return calls::is_in(sight.scope, row);
    });
    if (!is_theirs || !call.error.empty()) {
        call = {};
        return;
    }
    if (sight.is_whole) return;
    std::vector<bool> seen;
    {
        const calls::Course course =
            calls::course_of(call.chunks, call.flow, call.leg_of, inspector.settings().rules);
        seen = calls::seen_from(course, sight.scope);
    }
    keep(call, seen);
    if (!has_leg(call, asked)) {
        call = {};
        return;
    }
    put_in_order(call, *inspector.clocks().priors());
}

}  // namespace ci::commands
