// A line of the access log.
#pragma once

#include <string>

#include "web/http/message.h"
#include "web/routes.h"
#include "wire/micros.h"

namespace ci::web {

/// A JSON object in one line, without its line feed. Nothing that a stranger wrote is in it but as
/// visible text, and no secret is.
[[nodiscard]] std::string line_of(const Visit& visit, const Request& request,
                                  const Response& response, wire::Micros now);

}  // namespace ci::web
