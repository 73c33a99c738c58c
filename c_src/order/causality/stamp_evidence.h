// Whether stamps allow one message to have come before another.
#pragma once

#include <cstdint>
#include <span>

#include "order/causality/wire_order.h"
#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

class StampEvidence {
  public:
    /// `bounds`: the latest possible time of each transmission.
    StampEvidence(const Observations& observations, const Timebase& timebase,
                  const Transmissions& transmissions, std::span<const wire::Micros> bounds);

    /// Whether `first` may have come before `second`. Compares the first transmissions of both
    /// messages.
    [[nodiscard]] bool allows(std::uint32_t first, std::uint32_t second) const;
    /// Both reports arrive without delay, and the first message's long after the second's.
    [[nodiscard]] bool arrivals_refute(std::uint32_t first, std::uint32_t second) const;
    /// A capture saw both on one hop, `first` before `second`: the order on the wire.
    [[nodiscard]] bool passed(std::uint32_t first, std::uint32_t second) const;
    [[nodiscard]] wire::Micros bound(std::uint32_t message) const;

  private:
    [[nodiscard]] const Transmission& of(std::uint32_t message) const;
    [[nodiscard]] bool is_prompt(const Transmission& one) const;
    [[nodiscard]] bool was_lost(std::uint32_t first, std::uint32_t second) const;
    [[nodiscard]] bool somebody_saw(std::uint32_t first, std::uint32_t second) const;
    [[nodiscard]] bool two_saw(std::uint32_t first, std::uint32_t second) const;

    const Timebase& timebase_;
    const Transmissions& transmissions_;
    std::span<const wire::Micros> bounds_;
    KeyMap<bool> sent_again_;  ///< retransmitted requests, on any hop
    WireOrder wires_;
};

}  // namespace ci::order
