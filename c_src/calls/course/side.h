// The side of a call that somebody in it could see for themselves: what their own end sent and got.
#pragma once

#include <vector>

#include "calls/course/course.h"
#include "calls/scope.h"

namespace ci::calls {

/// Which chunks of the course are of that side: those that an address of the scope's networks sent
/// or got, and, where a number or a domain calls or is called, those of the first or the last host
/// of the way. A host that sends a leg because it got another one is neither. What has the Call-ID
/// and another caller's tag is somebody else's way. What is no SIP is of no side.
[[nodiscard]] std::vector<bool> seen_from(const Course& course, const Scope& scope);

}  // namespace ci::calls
