// The API: one call, in all forms. {id} is the Call-ID of any of its legs.
#pragma once

#include "web/plan.h"

namespace ci::web {

[[nodiscard]] Plan call_details(const Asked& asked);
[[nodiscard]] Plan call_legs(const Asked& asked);
[[nodiscard]] Plan call_messages(const Asked& asked);
[[nodiscard]] Plan call_story(const Asked& asked);
/// A capture of all legs, to be saved.
[[nodiscard]] Plan call_pcap(const Asked& asked);
[[nodiscard]] Plan call_pcapng(const Asked& asked);
/// With the options of the command `ladder`: ?width=N&ascii=yes&open=yes&sdp=no&legs=A,C&hosts=NAME
[[nodiscard]] Plan call_ladder_text(const Asked& asked);
[[nodiscard]] Plan call_ladder_svg(const Asked& asked);
[[nodiscard]] Plan call_ladder_mermaid(const Asked& asked);

}  // namespace ci::web
