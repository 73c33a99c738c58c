#include "order/causality/cancel_ties.h"

#include <cstdint>

#include "order/causality/lookup_key.h"

namespace ci::order {

std::vector<Edge> find_cancel_ties(const Observations& observations,
                                   const Transmissions& transmissions) {
    // A CANCEL has only one Via (RFC 3261 9.1); those of the INVITE that it cancels tell the way.
    const ViaStacks& stacks = observations.stacks;
    const auto& messages = transmissions.messages;
    KeyMap<std::uint32_t> cancels;
    KeyMap<Symbol> invites;
    const auto key_of = [&](Symbol stack, Symbol of_method, const Observation& what) {
        return lookup_key(Lookup::branch, pack(stacks.top(stack), of_method), what.number,
                          what.dialogue);
    };
    for (std::uint32_t m = 0; m < messages.size(); ++m) {
        const Observation& what = *messages[m].what;
        if (!what.request || what.vias == 0) continue;
        if (what.method == method::cancel) cancels.emplace(key_of(what.vias, what.method, what), m);
        if (what.method == method::invite) {
            invites.emplace(key_of(what.vias, what.method, what), what.vias);
        }
    }
    std::vector<Edge> ties;
    for (std::uint32_t m = 0; m < messages.size(); ++m) {
        const Observation& what = *messages[m].what;
        if (!what.request || what.method != method::cancel || what.vias == 0) continue;
        const Symbol* stack = invites.find(key_of(what.vias, method::invite, what));
        if (stack == nullptr) continue;
        for (const Symbol below : stacks.below(*stack)) {
            const std::uint32_t* received = cancels.find(key_of(below, what.method, what));
            if (received == nullptr) continue;
            ties.push_back({messages[*received].first, messages[m].first, false});
            break;
        }
    }
    return ties;
}

}  // namespace ci::order
