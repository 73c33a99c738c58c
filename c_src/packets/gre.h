// Generic Routing Encapsulation, and the mirrored frames that Cisco's switches send in it.
#pragma once

#include "packets/walk.h"

namespace ci::packets {

/// False: the payload is of no known kind.
[[nodiscard]] bool open_gre(Walk& walk, wire::Bytes bytes);

}  // namespace ci::packets
