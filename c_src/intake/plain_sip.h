// SIP that a proxy mirrors as it is, without HEP. Kamailio's siptrace can add headers that tell
// what HEP would: X-Siptrace-Fromip, -Toip, -Time, -Method, -Dir.
#pragma once

#include <string>
#include <string_view>

#include "hep/hep.h"
#include "intake/intake.h"

namespace ci::intake {

struct PlainSip {
    hep::Capture capture;        ///< version 0
    std::string_view direction;  ///< "in", "out", or empty
    bool is_mirror = false;      ///< it had such headers
};

/// The payload is the datagram, or, in `stripped`, the message without those headers. What they do
/// not tell: source and destination are the datagram's own, and there is no clock.
[[nodiscard]] PlainSip read_plain_sip(const wire::Datagram& datagram, std::string& stripped);

}  // namespace ci::intake
