// Events of calls, as Kazoo's ecallmgr publishes them (kapi_call.erl of 4.2, 4.3 and 5).
//
//   callevt/call.EVENT.CALLID   Event-Category call_event   Event-Name, Call-ID
//
// FreeSWITCH's channel of a call has the Call-ID as its UUID there. Of an event's members those are
// kept that tell which channels belong together, and how the call ended.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "amqp/message.h"
#include "wire/result.h"

namespace ci::amqp {

inline constexpr std::size_t max_call_event = 256UL << 10U;  ///< bytes of a body
inline constexpr std::size_t longest_kept = 256;             ///< bytes of a member's value

/// The texts have no control characters but the CRLF between lines.
struct CallEvent {
    std::string call_id;
    std::string label;  ///< one line: "CHANNEL_BRIDGE with OTHER"
    std::string text;   ///< a line for each member that is kept: "Other-Leg-Call-ID: OTHER"
    std::string node;   ///< FreeSWITCH's; may be empty
};

/// Total: any bytes give an event or the reason why not.
[[nodiscard]] wire::expected<CallEvent, Malformed> read_call_event(std::string_view body);

}  // namespace ci::amqp
