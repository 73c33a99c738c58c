// Which requests are refused whatever they ask for. The site has no login on a loopback address, so
// no page of another site may use the browser of one who can reach it.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "web/http/message.h"

namespace ci::web {

/// Refuses a Host that is neither a loopback name or address nor one of `names`: a stranger's name
/// may be made to point here (DNS rebinding). Refuses what changes something unless it comes from
/// the site itself or from no page at all, and says that it is JSON, which a form of another site
/// cannot do.
[[nodiscard]] std::optional<Response> refusal(const Request& request,
                                              std::span<const std::string> names);

}  // namespace ci::web
