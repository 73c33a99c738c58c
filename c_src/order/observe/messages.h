// Which observations show the same message.
//
// A message is one SIP message on one hop, with all its retransmissions. Its key is the hosts of
// the hop, the start line, the CSeq, the whole Via stack and the To tag. If there are Vias, the key
// leaves out ports, because one mirror reports TCP's ephemeral port and another the listening port.
// It also leaves out all that some senders were seen to edit: Max-Forwards, padding, the rest of
// the payload.
#pragma once

#include "order/observe/observation.h"

namespace ci::order {

/// Numbers the messages from 0 (Observation::message). Observations without Vias (from logs) join
/// the message with Vias that passed the same hop.
void number_messages(Observations& observations);

}  // namespace ci::order
