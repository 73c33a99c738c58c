#include "order/causality/stamp_evidence.h"

#include <algorithm>

#include "order/causality/late_stamps.h"
#include "order/causality/same_clock.h"

namespace ci::order {
namespace {

using wire::Micros;

/// A request that overtook another precedes it by more than the error of idle senders' stamps.
constexpr Micros overtaken = 3'000;
/// Duplicates of one message are closer than this.
constexpr Micros clearly_later = 1'500;
constexpr Micros alike = 700;
/// Reports are rarely delayed on their way by more than this.
constexpr Micros held_up = 20'000;

Key key_of(const Observation& request) {
    return {pack(request.method, request.from_tag), request.number, 0, 0, 0};
}

}  // namespace

StampEvidence::StampEvidence(const Observations& observations, const Timebase& timebase,
                             const Transmissions& transmissions, std::span<const Micros> bounds)
    : timebase_(timebase),
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
    return timebase_.epochs[timebase_.epoch[one.observations.front()]].prompt;
}

/// The next request may overtake one that was lost and retransmitted.
bool StampEvidence::was_lost(std::uint32_t first, std::uint32_t second) const {
    const Observation& what = *transmissions_.messages[first].what;
    const Observation& next = *transmissions_.messages[second].what;
    return what.request && next.request && sent_again_.find(key_of(what)) != nullptr;
}

/// One observer's own readings show the order: the bound of the second message then applies to the
/// first as well.
bool StampEvidence::somebody_saw(std::uint32_t first, std::uint32_t second) const {
    bool saw = false;
    for_each_same_clock(timebase_, of(first), of(second),
                        [&](const Epoch&, Micros later) { saw = saw || later >= 0; });
    return saw;
}

/// Two observers saw the order, each by its own clock and with the same distance. Stamps may be
/// late, but not two of them by the same time.
bool StampEvidence::two_saw(std::uint32_t first, std::uint32_t second) const {
    unsigned saw = 0;
    const Epoch* before = nullptr;  // an observer that mirrors everything twice counts once
    Micros least = INT64_MAX;
    Micros most = INT64_MIN;
    for_each_same_clock(timebase_, of(first), of(second), [&](const Epoch& by, Micros later) {
        if (!by.has_clock || &by == before) return;
        before = &by;
        least = std::min(least, later);
        most = std::max(most, later);
        ++saw;
    });
    return saw >= 2 && least >= clearly_later && most - least <= alike;
}

}  // namespace ci::order
