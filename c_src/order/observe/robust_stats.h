// The middle of several measurements, some of which are wrong.
#pragma once

#include <vector>

#include "wire/micros.h"

namespace ci::order {

/// The middle of `values` (the mean of the two middle ones); 0 for none. Reorders them.
[[nodiscard]] wire::Micros median(std::vector<wire::Micros>& values);

/// Where `values` lie most densely: the half-sample mode (Robertson and Cryer 1974). Unlike the
/// median it holds when more than half are wrong, if they are not wrong alike. Reorders them.
[[nodiscard]] wire::Micros mode(std::vector<wire::Micros>& values);

/// The value below which this share of `values` lies; 0 for none. Reorders them.
[[nodiscard]] wire::Micros quantile(std::vector<wire::Micros>& values, double share);

}  // namespace ci::order
