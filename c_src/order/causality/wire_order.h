// The order of two messages that passed one capture, which no stamp can have reversed. Senders' own
// mirrors stamp late; a capture stamps what passes.
#pragma once

#include <vector>

#include "order/clocks/transmission.h"
#include "order/observe/observation.h"
#include "order/observe/timebase.h"

namespace ci::order {

class WireOrder {
  public:
    WireOrder(const Observations& observations, const Timebase& timebase);

    /// Both passed a capture on one hop, `first` before `second`, and no capture saw them
    /// otherwise.
    [[nodiscard]] bool passed(const Transmission& first, const Transmission& second) const;

  private:
    const Observations& observations_;
    const Timebase& timebase_;
    std::vector<bool> captures_;  ///< by observer
    bool has_captures_ = false;
};

}  // namespace ci::order
