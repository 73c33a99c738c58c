// For which dialogue a B2BUA made another one.
#pragma once

#include <string>
#include <vector>

#include "calls/lookups.h"
#include "calls/sure_ties.h"

namespace ci::calls {

/// The dialogue for which `own` was made: one proof for each kind of evidence. Empty: there is
/// none, or there are several that are equally likely. A B2BUA takes `longest` for it at most.
[[nodiscard]] std::vector<Tie> guess_parent(Lookups& lookups, const std::string& own,
                                            wire::Micros longest);

}  // namespace ci::calls
