// One message of a call, and what differs between two, as lines for a terminal.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "calls/differences/message_difference.h"
#include "calls/rules.h"
#include "commands/read_call.h"

namespace ci::commands {

/// "message 3, leg A, 10:15:03.120, 192.0.2.1:5060 (kam1) ─▶ 192.0.2.2:5060: INVITE (SDP)".
/// `event`: its place in the flow. No line end.
[[nodiscard]] std::string message_line(const WholeCall& call, std::size_t event,
                                       const calls::Rules& rules);

/// "start line", then its lines with "- " or "+ ", and so on. Lines beyond `most` are counted.
[[nodiscard]] std::string difference_text(std::span<const calls::ChangedPart> parts,
                                          std::size_t most);

/// UTC: "2026-11-21 01:51:50.379123".
[[nodiscard]] std::string date_and_time(wire::Micros at);

/// "192.0.2.1:5060 (kam1)": with the name of the setting `hosts`, if it has one.
[[nodiscard]] std::string named_endpoint(const std::string& endpoint, const calls::Rules& rules);

}  // namespace ci::commands
