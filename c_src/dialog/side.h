// Which end of a hop an observer is: its own host is the one that is in all of its messages.
#pragma once

#include <vector>

#include "dialog/observation.h"

namespace ci::dialog {

/// By observer; 0 where no host, or more than one, is in all of its messages. If two are, and one
/// of them is another observer's own, the other is meant.
[[nodiscard]] std::vector<Id> own_hosts(const Observations& observations);

/// True if the observer with this host received the message: its stamp is later than the sender's.
[[nodiscard]] inline bool received(const Observation& seen, Id own_host) {
    return own_host != 0 && seen.dst_host == own_host && seen.src_host != own_host;
}

}  // namespace ci::dialog
