// ESP (RFC 4303) with NULL encryption (RFC 2410), as between phones and an IMS (3GPP TS 33.203):
//
//   spi:4 sequence:4 payload padding pad length:1 next header:1 check value
//
// No field holds the length of the check value. The length is inferred from the padding (1, 2,
// 3 ...) and from the lengths in the payload.
#pragma once

#include <optional>

#include "packets/ip.h"

namespace ci::packets {

/// The packet with the protected payload in place of ESP. Empty: the payload is encrypted.
[[nodiscard]] std::optional<IpPacket> open_esp(const IpPacket& packet);

}  // namespace ci::packets
