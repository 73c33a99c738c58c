// A Capture as the datagram that says it: the reverse of decode(), for relays and tests.
#pragma once

#include <optional>
#include <string>

#include "hep/hep.h"

namespace ci::hep {

/// The datagram of `capture.version`. Empty: that version cannot say it. All need a time between
/// 1970 and 2106 if there is one. HEP 1 and 2 need two addresses of one family (no address counts
/// as IPv4's 0.0.0.0), SIP, and in HEP 2 a capture id below 65,536; they leave out what they have
/// no place for. HEP 2 without a time is read back as one with a bad time. HEP 3 needs less than
/// 64 KiB in all, and a capture id whose lower half is not zero (hep3.cpp tells why). Damage is not
/// repeated: the part that was read becomes a whole packet.
[[nodiscard]] std::optional<std::string> encode(const Capture& capture);

}  // namespace ci::hep
