// Generic routing encapsulation, and the mirrors that Cisco's switches send in it.
#pragma once

#include "packets/walk.h"

namespace ci::packets {

/// False: nothing that is known.
[[nodiscard]] bool open_gre(Walk& walk, wire::Bytes bytes);

}  // namespace ci::packets
