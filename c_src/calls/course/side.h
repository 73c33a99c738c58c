// The side of a call that somebody in it could see for themselves: what their own end sent and got.
#pragma once

#include <span>
#include <vector>

#include "calls/course/course.h"
#include "calls/row.h"
#include "calls/scope.h"

namespace ci::calls {

/// Which chunks are of that side: those that an address of the scope's networks sent or got, and,
/// where a number or a domain calls or is called, those of the first or the last host of the way.
/// A host that sends a leg because it got another one is neither. What is no SIP is of no side.
///
/// `leg_of`: of each chunk of the course; `rows`: of each leg.
[[nodiscard]] std::vector<bool> seen_from(const Course& course, std::span<const std::size_t> leg_of,
                                          std::span<const Row> rows, const Scope& scope);

}  // namespace ci::calls
