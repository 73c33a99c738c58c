// Where the flows of two calls begin to differ.
//
// Each sender's requests and responses over each hop are compared in their order, so that what two
// hosts sent at the same time makes no difference. Retransmissions do not count.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "calls/course/course.h"

namespace ci::calls {

struct FlowDifference {
    std::size_t alike = 0;  ///< messages that both calls have
    /// The first message of each call that the other one lacks, into Course::messages; none: the
    /// other one has them all.
    std::size_t one = none, other = none;
    /// Hosts of one call and those that play their part in the other, in path order, where these
    /// are not the same host.
    std::vector<std::pair<std::size_t, std::size_t>> other_hosts;

    [[nodiscard]] bool is_alike() const noexcept { return one == none && other == none; }
};

/// Hosts that both calls have play the same part in both; so do those that began them, and those
/// that stand beside the same host, where something was accepted rather than refused.
[[nodiscard]] FlowDifference flow_difference(const Course& one, const Course& other);

}  // namespace ci::calls
