// A call's messages as they are to appear in a capture: each transmission once, in the true order.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "calls/findings/finding.h"
#include "calls/rules.h"
#include "commands/read_call.h"
#include "packets/synthesis/capture_text.h"
#include "packets/synthesis/sent.h"

namespace ci::commands {

struct CallPackets {
    std::vector<synthesis::Sent> sent;
    std::size_t left_out = 0;  ///< events that are not SIP, and what no observer has octets of
};

/// `format`: pcapng has comments: a message's place in the call, its leg, who saw it, what made it,
/// and the findings that it belongs to.
[[nodiscard]] CallPackets packets_of(const WholeCall& call, const calls::Rules& rules,
                                     const calls::FindingLimits& limits, synthesis::Format format);

/// The octets of a capture file, and how many frames it has.
struct Capture {
    std::string octets;
    std::size_t frames = 0;
};
[[nodiscard]] Capture capture_of(const std::vector<synthesis::Sent>& sent,
                                 synthesis::Format format);

}  // namespace ci::commands
