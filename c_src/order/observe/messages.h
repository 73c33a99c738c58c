// Which observations show the same message.
//
// A message is one SIP message on one hop, with all its retransmissions. Its key is the hosts of
// the hop, the start line, the CSeq, the whole Via stack and the To tag. If there are Vias, the key
// leaves out ports, because one mirror reports TCP's ephemeral port and another the listening port.
// It also leaves out all that some senders were seen to edit: Max-Forwards, padding, the rest of
// the payload.
#pragma once

#include <cstdint>
#include <vector>

#include "order/observe/observation.h"

namespace ci::order {

/// By observation: the number of its message, from 0. Observations without Vias (from logs) join
/// the message with Vias that passed the same hop.
[[nodiscard]] std::vector<std::uint32_t> number_messages(const Observations& observations);

}  // namespace ci::order
