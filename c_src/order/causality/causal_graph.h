// Graphs of causes and effects: how to break cycles, how to bound times by effects, and how to sort
// by both.
//
// Nodes are numbered from 0. All functions are linear in nodes and edges except for the heap of
// sort(), and none recurses.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "wire/micros.h"

namespace ci::order {

struct Edge {
    std::uint32_t cause = 0, effect = 0;
    bool hard = false;  ///< a transaction or physics requires it (causes.h); false: only usual
                        ///< behaviour does
    bool weak = false;  ///< only one observer's order of arrival suggests it

    friend bool operator==(const Edge&, const Edge&) = default;
};

/// Removes edges until no cycle is left, and returns them. Of each cycle it removes the weakest
/// edge: a weak one before a soft one before a hard one, and among equals the one that `times`
/// contradict most.
std::vector<Edge> break_cycles(const std::vector<wire::Micros>& times, std::vector<Edge>& edges);

/// A cause cannot be later than its effects: lowers each time to that of the node's earliest
/// effect. There must be no cycle.
[[nodiscard]] std::vector<wire::Micros> run_back(std::vector<wire::Micros> times,
                                                 const std::vector<Edge>& edges);

/// An effect cannot be earlier than its causes: raises each time to that of the node's latest
/// cause. There must be no cycle.
[[nodiscard]] std::vector<wire::Micros> run_forward(std::vector<wire::Micros> times,
                                                    const std::vector<Edge>& edges);

/// What decides between two nodes if neither causes the other. The first member counts most.
struct Priority {
    wire::Micros time = 0;   ///< after run_back()
    wire::Micros stamp = 0;  ///< before run_back()
    int rank = 0;            ///< usual order of the protocol, if times are equal
    wire::Micros arrival = 0;

    friend bool operator<(const Priority& a, const Priority& b) {
        return std::tie(a.time, a.stamp, a.rank, a.arrival) <
               std::tie(b.time, b.stamp, b.rank, b.arrival);
    }
};

/// Causes before effects. Among the nodes whose causes are all placed, the least priority comes
/// first, then the least number. There must be no cycle.
[[nodiscard]] std::vector<std::uint32_t> sort(const std::vector<Priority>& priorities,
                                              const std::vector<Edge>& edges);

}  // namespace ci::order
