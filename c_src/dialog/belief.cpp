#include "dialog/belief.h"

#include <algorithm>

#include "dialog/lateness.h"
#include "dialog/own_view.h"

namespace ci::dialog {
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
    return {both(request.method, request.from_tag), request.number, 0, 0, 0};
}

}  // namespace

Belief::Belief(const Observations& observations, const Readings& readings,
               const Transmissions& transmissions, std::span<const Micros> bounds)
    : readings_(readings),
      transmissions_(transmissions),
      bounds_(bounds),
      wires_(observations, readings) {
    for (const Message& message : transmissions.messages) {
        if (message.what->request && message.count > 1) {
            sent_again_.emplace(key_of(*message.what), true);
        }
    }
}

bool Belief::allows(std::uint32_t first, std::uint32_t second) const {
    const Micros late = was_lost(first, second) ? overtaken : stamped_late;
    const bool comparable = of(first).group == of(second).group;
    if (comparable && bound(first) - bound(second) > late) return somebody_saw(first, second);
    return !two_saw(second, first);
}

bool Belief::passed(std::uint32_t first, std::uint32_t second) const {
    return wires_.passed(of(first), of(second));
}

bool Belief::arrivals_refute(std::uint32_t first, std::uint32_t second) const {
    return is_prompt(of(first)) && is_prompt(of(second)) &&
           of(first).arrival - of(second).arrival > held_up;
}

Micros Belief::bound(std::uint32_t message) const {
    return bounds_[transmissions_.messages[message].first];
}

const Transmission& Belief::of(std::uint32_t message) const {
    return transmissions_.all[transmissions_.messages[message].first];
}

bool Belief::is_prompt(const Transmission& one) const {
    return readings_.stretches[readings_.stretch[one.observations.front()]].prompt;
}

/// A request that was sent again, because it was lost, may be overtaken by the next one.
bool Belief::was_lost(std::uint32_t first, std::uint32_t second) const {
    const Observation& what = *transmissions_.messages[first].what;
    const Observation& next = *transmissions_.messages[second].what;
    return what.request && next.request && sent_again_.find(key_of(what)) != nullptr;
}

/// One observer's own readings show it: what bounds the second bounds the first as well.
bool Belief::somebody_saw(std::uint32_t first, std::uint32_t second) const {
    bool saw = false;
    for_each_own_view(readings_, of(first), of(second),
                      [&](const Stretch&, Micros later) { saw = saw || later >= 0; });
    return saw;
}

/// Each by his own clock, and by the same time: stamps are late, but not two of them alike.
bool Belief::two_saw(std::uint32_t first, std::uint32_t second) const {
    unsigned saw = 0;
    const Stretch* before = nullptr;  // one may have mirrored everything twice
    Micros least = INT64_MAX;
    Micros most = INT64_MIN;
    for_each_own_view(readings_, of(first), of(second), [&](const Stretch& by, Micros later) {
        if (!by.has_clock || &by == before) return;
        before = &by;
        least = std::min(least, later);
        most = std::max(most, later);
        ++saw;
    });
    return saw >= 2 && least >= clearly_later && most - least <= alike;
}

}  // namespace ci::dialog
