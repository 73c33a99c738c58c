// When events happened that only their arrival dates.
#pragma once

#include <span>

#include "wire/micros.h"

namespace ci::order {

struct Moment {
    wire::Micros arrival = 0, common = 0;
};

/// The common time of an event that arrived at `arrival`, interpolated between its neighbours in
/// the order of arrival. Arrivals are often bunched, but seldom out of order. `known`: sorted by
/// arrival, not empty.
[[nodiscard]] wire::Micros interpolate(std::span<const Moment> known, wire::Micros arrival);

}  // namespace ci::order
