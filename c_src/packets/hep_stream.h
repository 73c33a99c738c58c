// HEP 3 on one direction of a connection, on its way to a collector: packets follow one another.
//
//   packet := "HEP3" total:2 chunk*       chunk := vendor:2 type:2 length:2 value
//
// Only cut here: whoever it is for decodes it.
#pragma once

#include "packets/stream_buffer.h"

namespace ci::packets {

class HepReader {
  public:
    /// Found: a packet, whole.
    [[nodiscard]] static Progress next(StreamBuffer& buffer, Found& found);
};

/// Where a packet begins whose first chunk can be one; npos: there is none.
[[nodiscard]] std::size_t find_hep(std::string_view bytes) noexcept;

/// What stands in front of the SIP of a HEP 3 packet whose begin was not seen.
[[nodiscard]] bool ends_in_hep_payload_head(std::string_view bytes) noexcept;

}  // namespace ci::packets
