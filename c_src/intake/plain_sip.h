// SIP that a proxy mirrors without HEP. Kamailio's siptrace can add headers with HEP's information:
// X-Siptrace-Fromip, -Toip, -Time, -Method, -Dir.
#pragma once

#include <string>
#include <string_view>

#include "hep/hep.h"
#include "intake/intake.h"

namespace ci::intake {

struct PlainSip {
    hep::Capture capture;        ///< version 0
    std::string_view direction;  ///< "in", "out", or empty
    bool is_mirror = false;      ///< the message had such headers
};

/// The payload is the datagram, or the message without those headers in `stripped`. Without them,
/// source and destination are the datagram's own and there is no capture time.
[[nodiscard]] PlainSip read_plain_sip(const wire::Datagram& datagram, std::string& stripped);

}  // namespace ci::intake
