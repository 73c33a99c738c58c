// What Wireshark exports of a capture without the layers below (LINKTYPE_WIRESHARK_UPPER_PDU):
// (tag:2 length:2 value)*, of which tag 0 is the last, then the message. TLS that it decrypted
// comes this way.
#pragma once

#include <optional>

#include "wire/endpoint.h"
#include "wire/reader.h"

namespace ci::packets {

struct ExportedPdu {
    wire::Endpoint source, destination;
    std::uint8_t protocol = 0;  ///< as IP's: 17 UDP, 6 TCP, 132 SCTP; 0: not told
    wire::Bytes bytes;
};

/// Empty: not one.
[[nodiscard]] std::optional<ExportedPdu> read_exported_pdu(wire::Bytes frame);

}  // namespace ci::packets
