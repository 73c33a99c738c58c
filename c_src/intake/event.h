// Reads what capture agents send besides SIP: log lines, management commands, connections, RTCP,
// reports. Each becomes a chunk with a name, a line that says what happened, and the text without
// secrets.
#pragma once

#include <string_view>

#include "hep/hep.h"
#include "intake/intake.h"

namespace ci::intake {

/// Views point into the memory, the payload, or to constants.
struct Event {
    std::string_view name;   ///< "log", "mi", "rest", "net", "control", "rtcp", "report", "sdp"...
    std::string_view label;  ///< one line of at most `longest_label` bytes
    std::string_view lines;  ///< the payload, its line ends CRLF
};
inline constexpr std::size_t longest_label = 200;

/// `memory.links` must hold the packet's links.
[[nodiscard]] Event event_of(hep::PayloadType type, std::string_view payload, Memory& memory);

/// For a compressed payload that cannot be inflated. `payload` is empty if it is not to be kept.
[[nodiscard]] Event event_of_unreadable(std::string_view payload);

/// For a payload declared as SIP that has no start line. Only secrets are removed from it.
[[nodiscard]] Event event_of_no_sip(std::string_view payload, Memory& memory);

}  // namespace ci::intake
