// What captures saw in an order that no stamp can have turned: two messages that passed one place.
// Senders' own mirrors stamp late; a capture stamps what passes.
#pragma once

#include <vector>

#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

class WireOrder {
  public:
    WireOrder(const Observations& observations, const Timebase& timebase);

    /// Both passed a capture on one hop, the first one first, and no capture saw it otherwise.
    [[nodiscard]] bool passed(const Transmission& first, const Transmission& second) const;

  private:
    const Observations& observations_;
    const Timebase& readings_;
    std::vector<bool> captures_;  ///< by observer
    bool has_captures_ = false;
};

}  // namespace ci::order
