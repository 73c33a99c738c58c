// Which codecs each leg offered and chose, and how often it was on hold.
#pragma once

#include <vector>

#include "calls/findings/analysis.h"

namespace ci::calls {

[[nodiscard]] std::vector<LegMedia> media_of(const Course& course);

}  // namespace ci::calls
