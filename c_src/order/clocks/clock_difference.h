// By how much two clocks differ, as the messages show that both saw.
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
    /// `hosts`: where each observer stands (observer_hosts.h).
    ClockDifferences(const Observations& observations, const Timebase& timebase,
                     const std::vector<Symbol>& hosts)
        : observations_(observations), readings_(timebase), hosts_(hosts) {}

    /// Which of the two clocks a message passed first: 1, the first; -1, the second; 0, nobody
    /// knows.
    [[nodiscard]] int direction(const SharedMessage& one) const;

    /// `common`: what two clocks have in common. By how much the second is ahead: the middle
    /// between both directions, for latency adds to one and is taken from the other. Unless
    /// something would arrive before it is sent, or be on its way for longer than a round trip
    /// took: then the stamps of one direction are late.
    [[nodiscard]] wire::Micros ahead(std::span<const SharedMessage> common);

    /// How long a message is on its way at most, as round trips show it. Empty: none of the
    /// dialogue's clocks differed so that it mattered.
    [[nodiscard]] std::optional<wire::Micros> longest_latency(const SharedMessage& one) const;

  private:
    [[nodiscard]] wire::Micros best_of(std::span<const SharedMessage> common, int directed);
    [[nodiscard]] wire::Micros longest_latency(std::span<const SharedMessage> common);

    const Observations& observations_;
    const Timebase& readings_;
    const std::vector<Symbol>& hosts_;
    std::optional<Table<wire::Micros>> longest_;  ///< by hop; few dialogues have to be asked
};

}  // namespace ci::order
