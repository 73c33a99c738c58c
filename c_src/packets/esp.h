// ESP (RFC 4303) that does not encrypt (RFC 2410), as between phones and an IMS (3GPP TS 33.203):
//
//   spi:4 sequence:4 payload padding pad length:1 next header:1 check value
//
// Nothing tells how long the check value is; the padding (1, 2, 3 ...) and the lengths in the
// payload do.
#pragma once

#include <optional>

#include "packets/ip.h"

namespace ci::packets {

/// The same packet, with what ESP protects as its payload. Empty: encrypted.
[[nodiscard]] std::optional<IpPacket> open_esp(const IpPacket& packet);

}  // namespace ci::packets
