// Encodes a Capture as a HEP datagram: the reverse of decode(), for relays and tests.
#pragma once

#include <optional>
#include <string>

#include "hep/hep.h"

namespace ci::hep {

/// A datagram in `capture.version`. Empty: that version cannot represent the capture.
/// - All versions: a time, if there is one, must lie between 1970 and 2106.
/// - HEP 1 and 2: the addresses must be of one family (a missing address counts as IPv4's 0.0.0.0),
///   and the payload must be SIP. Members without a field are left out.
/// - HEP 2: the capture id must be below 65,536. A missing time is read back as a bad time.
/// - HEP 3: the packet must be smaller than 64 KiB, and the lower half of the capture id must not
///   be zero (see repaired_capture_id() in hep3.cpp).
/// Damage is not reproduced: the part that was read becomes a whole packet.
[[nodiscard]] std::optional<std::string> encode(const Capture& capture);

}  // namespace ci::hep
