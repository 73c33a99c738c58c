// Which observations show the same message.
//
// A message is one SIP message on one hop, with all its retransmissions. Its key is the hosts of
// the hop, the start line, the CSeq, the whole Via stack and the To tag. If there are Vias, the key
// leaves out ports, because one mirror reports TCP's ephemeral port and another the listening port.
// It also leaves out all that some senders were seen to edit: Max-Forwards, padding, the rest of
// the payload.
#pragma once

#include <array>
#include <cstddef>

#include "order/observe/observation.h"

namespace ci::order {

/// What a message is found by as far as a log shows it, the most exact key first. The other one has
/// no URI, as a log does not show that a registrar replaced it in what the proxy sends on, and no
/// reason phrase, as some lines tell a status only.
class LineKeys {
  public:
    explicit LineKeys(const Observation& seen);
    [[nodiscard]] auto begin() const { return keys_.begin(); }
    [[nodiscard]] auto end() const { return keys_.begin() + count_; }
    [[nodiscard]] const Key& last() const { return *(end() - 1); }

  private:
    std::array<Key, 2> keys_;
    std::ptrdiff_t count_ = 2;
};

/// Numbers the messages from 0 (Observation::message). Observations without Vias (from logs) join
/// the message with Vias that passed the same hop.
void number_messages(Observations& observations);

}  // namespace ci::order
