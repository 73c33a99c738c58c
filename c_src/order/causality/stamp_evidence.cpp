#include "order/causality/stamp_evidence.h"

#include <algorithm>

#include "order/causality/late_stamps.h"
#include "order/causality/same_clock.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A request that overtook another comes before it by more than stamps of idle senders err.
constexpr Micros overtaken = 3'000;
/// More than doubles of one message lie apart.
constexpr Micros clearly_later = 1'500;
constexpr Micros alike = 700;
/// What is held up on its way to us is rarely held up for longer.
constexpr Micros held_up = 20'000;

Key key_of(const Observation& request) {
    return {pack(request.method, request.from_tag), request.number, 0, 0, 0};
}

}  // namespace

StampEvidence::StampEvidence(const Observations& observations, const Timebase& timebase,
                             const Transmissions& transmissions, std::span<const Micros> bounds)
    : readings_(timebase),
      transmissions_(transmissions),
      bounds_(bounds),
      wires_(observations, timebase) {
    for (const Message& message : transmissions.messages) {
        if (message.what->request && message.count > 1) {
            sent_again_.emplace(key_of(*message.what), true);
        }
    }
}

bool StampEvidence::allows(std::uint32_t first, std::uint32_t second) const {
    const Micros late = was_lost(first, second) ? overtaken : stamped_late;
    const bool comparable = of(first).group == of(second).group;
    if (comparable && bound(first) - bound(second) > late) return somebody_saw(first, second);
    return !two_saw(second, first);
}

bool StampEvidence::passed(std::uint32_t first, std::uint32_t second) const {
    return wires_.passed(of(first), of(second));
}

bool StampEvidence::arrivals_refute(std::uint32_t first, std::uint32_t second) const {
    return is_prompt(of(first)) && is_prompt(of(second)) &&
           of(first).arrival - of(second).arrival > held_up;
}

Micros StampEvidence::bound(std::uint32_t message) const {
    return bounds_[transmissions_.messages[message].first];
}

const Transmission& StampEvidence::of(std::uint32_t message) const {
    return transmissions_.all[transmissions_.messages[message].first];
}

bool StampEvidence::is_prompt(const Transmission& one) const {
    return readings_.epochs[readings_.epoch[one.observations.front()]].prompt;
}

/// A request that was sent again, because it was lost, may be overtaken by the next one.
bool StampEvidence::was_lost(std::uint32_t first, std::uint32_t second) const {
    const Observation& what = *transmissions_.messages[first].what;
    const Observation& next = *transmissions_.messages[second].what;
    return what.request && next.request && sent_again_.find(key_of(what)) != nullptr;
}

/// One observer's own timebase show it: what bounds the second bounds the first as well.
bool StampEvidence::somebody_saw(std::uint32_t first, std::uint32_t second) const {
    bool saw = false;
    for_each_same_clock(readings_, of(first), of(second),
                        [&](const Epoch&, Micros later) { saw = saw || later >= 0; });
    return saw;
}

/// Each by his own clock, and by the same time: stamps are late, but not two of them alike.
bool StampEvidence::two_saw(std::uint32_t first, std::uint32_t second) const {
    unsigned saw = 0;
    const Epoch* before = nullptr;  // one may have mirrored everything twice
    Micros least = INT64_MAX;
    Micros most = INT64_MIN;
    for_each_same_clock(readings_, of(first), of(second), [&](const Epoch& by, Micros later) {
        if (!by.has_clock || &by == before) return;
        before = &by;
        least = std::min(least, later);
        most = std::max(most, later);
        ++saw;
    });
    return saw >= 2 && least >= clearly_later && most - least <= alike;
}

}  // namespace ci::order
