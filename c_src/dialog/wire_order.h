// What captures saw in an order that no stamp can have turned: two messages that passed one place.
// Senders' own mirrors stamp late; a capture stamps what passes.
#pragma once

#include <vector>

#include "dialog/observation.h"
#include "dialog/reading.h"
#include "dialog/transmission.h"

namespace ci::dialog {

class WireOrder {
  public:
    WireOrder(const Observations& observations, const Readings& readings);

    /// Both passed a capture on one hop, the first one first, and no capture saw it otherwise.
    [[nodiscard]] bool passed(const Transmission& first, const Transmission& second) const;

  private:
    const Observations& observations_;
    const Readings& readings_;
    std::vector<bool> captures_;  ///< by observer
    bool has_captures_ = false;
};

}  // namespace ci::dialog
