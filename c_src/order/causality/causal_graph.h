// Graphs of causes and effects: cycles broken, times run back, and the order that respects both.
//
// Nodes are numbered from 0. All functions are linear in nodes and edges but for the sort's heap,
// and none recurses.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "wire/micros.h"

namespace ci::order {

struct Edge {
    std::uint32_t cause = 0, effect = 0;
    bool hard = false;  ///< physics or a transaction says so; else only good manners
    bool weak = false;  ///< not even these: one observer's order of arrival

    friend bool operator==(const Edge&, const Edge&) = default;
};

/// Takes edges out until no cycle is left, and returns those taken: of each cycle the weakest, that
/// is a weak one before a soft one before a hard one, and of those the one that `times` contradict
/// most.
std::vector<Edge> break_cycles(const std::vector<wire::Micros>& times, std::vector<Edge>& edges);

/// Nothing happened later than what it caused: each time is lowered to that of its earliest effect.
/// No cycles.
[[nodiscard]] std::vector<wire::Micros> run_back(std::vector<wire::Micros> times,
                                                 const std::vector<Edge>& edges);

/// Nothing happened before what caused it: each time is raised to that of its latest cause.
/// No cycles.
[[nodiscard]] std::vector<wire::Micros> run_forward(std::vector<wire::Micros> times,
                                                    const std::vector<Edge>& edges);

/// What decides between nodes of which neither causes the other, first member first.
struct Priority {
    wire::Micros time = 0;   ///< after run_back()
    wire::Micros stamp = 0;  ///< before it
    int rank = 0;            ///< protocol order, where times are equal
    wire::Micros arrival = 0;

    friend bool operator<(const Priority& a, const Priority& b) {
        return std::tie(a.time, a.stamp, a.rank, a.arrival) <
               std::tie(b.time, b.stamp, b.rank, b.arrival);
    }
};

/// Causes before effects; among what is free to go, the least priority, then the least number.
/// No cycles.
[[nodiscard]] std::vector<std::uint32_t> sort(const std::vector<Priority>& priorities,
                                              const std::vector<Edge>& edges);

}  // namespace ci::order
