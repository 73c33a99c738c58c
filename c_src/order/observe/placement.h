// When one observer's reports were made: placed between those that other observers' reports date.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "order/observe/agreement.h"
#include "order/observe/matches.h"
#include "order/observe/reports.h"
#include "wire/micros.h"

namespace ci::order {

/// An observation and the time at which another observer's report of it came.
struct Anchor {
    std::uint32_t own = 0;
    wire::Micros at = 0;
    bool is_guess = false;  ///< `at` itself was only placed
};
using Anchors = std::vector<Anchor>;

/// Sorts, and keeps one for each observation.
void arrange(Anchors& anchors);

/// Stamps that run evenly tell the time better than the other observer's report, which latency
/// and jitter delay.
void trust_stamps(const Reports& reports, const Agreement& stamps, Anchors& anchors);

/// The time of each of the observer's reports, in the order of arrival. There is an anchor.
[[nodiscard]] std::vector<wire::Micros> place(const Reports& reports, std::uint32_t observer,
                                              std::span<const Anchor> anchors,
                                              const Copies& copies);

}  // namespace ci::order
