// By how much two clocks differ, according to the messages that both observers saw.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "order/clocks/shared_messages.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"
#include "wire/micros.h"

namespace ci::order {

class ClockDifferences {
  public:
    /// `hosts`: by observer, its host (observer_hosts.h).
    ClockDifferences(const Observations& observations, const Timebase& timebase,
                     const std::vector<Symbol>& hosts)
        : observations_(observations), timebase_(timebase), hosts_(hosts) {}

    /// Which of the two observers the message passed first: 1, the first; -1, the second; 0,
    /// unknown.
    [[nodiscard]] int direction(const SharedMessage& one) const;

    /// By how much the second clock is ahead. `common`: the messages that both observers saw. The
    /// result is the middle between both directions, because latency adds to one difference and is
    /// subtracted from the other. If the middle would make messages arrive before they were sent,
    /// or take longer than the shortest round trip allows, the stamps of one direction are late;
    /// then the mode of all counts.
    [[nodiscard]] wire::Micros ahead(std::span<const SharedMessage> common);

    /// The longest possible latency on the message's hop, from round trips. Empty: no clocks of the
    /// dialogue differed enough to need it.
    [[nodiscard]] std::optional<wire::Micros> longest_latency(const SharedMessage& one) const;

  private:
    [[nodiscard]] wire::Micros best_of(std::span<const SharedMessage> common, int directed);
    [[nodiscard]] wire::Micros longest_latency(std::span<const SharedMessage> common);

    const Observations& observations_;
    const Timebase& timebase_;
    const std::vector<Symbol>& hosts_;
    std::optional<KeyMap<wire::Micros>> longest_;  ///< by hop; computed when needed
};

}  // namespace ci::order
