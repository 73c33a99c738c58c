// A message that Wireshark exported without the layers below (LINKTYPE_WIRESHARK_UPPER_PDU):
// (tag:2 length:2 value)*, tag 0 being the last, then the message. Wireshark exports decrypted TLS
// this way.
#pragma once

#include <optional>

#include "wire/endpoint.h"
#include "wire/reader.h"

namespace ci::packets {

struct ExportedPdu {
    wire::Endpoint source, destination;
    std::uint8_t protocol = 0;  ///< IP's number: 17 UDP, 6 TCP, 132 SCTP; 0: unknown
    wire::Bytes bytes;
};

/// Empty: the frame is not an exported PDU.
[[nodiscard]] std::optional<ExportedPdu> read_exported_pdu(wire::Bytes frame);

}  // namespace ci::packets
