// HEP 3 in one direction of a connection, on its way to a collector: packet after packet.
//
//   packet := "HEP3" total:2 chunk*       chunk := vendor:2 type:2 length:2 value
//
// Packets are only cut from the stream here; the receiver of the delivered packets decodes them.
#pragma once

#include "packets/stream_buffer.h"

namespace ci::packets {

class HepReader {
  public:
    /// Progress::found: `found` is a whole packet.
    [[nodiscard]] static Progress next(StreamBuffer& buffer, Found& found);
};

/// Where a packet with a plausible first chunk begins; npos: nowhere.
[[nodiscard]] std::size_t find_hep(std::string_view bytes) noexcept;

/// True: `bytes` end with the head of a HEP 3 payload chunk, so the SIP behind them belongs to a
/// HEP packet whose beginning was not captured.
[[nodiscard]] bool ends_in_hep_payload_head(std::string_view bytes) noexcept;

}  // namespace ci::packets
