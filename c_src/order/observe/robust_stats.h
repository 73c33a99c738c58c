// The middle of several measurements, some of which are wrong.
#pragma once

#include <vector>

#include "wire/micros.h"

namespace ci::order {

/// The median of `values` (the mean of the two middle ones if their count is even); 0 for none.
/// Reorders them.
[[nodiscard]] wire::Micros median(std::vector<wire::Micros>& values);

/// Where `values` lie most densely: the half-sample mode (Robertson and Cryer 1974). Unlike the
/// median it stays right when more than half of the values are wrong, unless they are all wrong by
/// the same amount. Reorders them.
[[nodiscard]] wire::Micros mode(std::vector<wire::Micros>& values);

/// The value below which this share of `values` lies; 0 for none. Reorders them.
[[nodiscard]] wire::Micros quantile(std::vector<wire::Micros>& values, double share);

}  // namespace ci::order
