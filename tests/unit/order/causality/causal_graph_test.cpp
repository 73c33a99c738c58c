#include "order/causality/causal_graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace ci::order {
namespace {

using Nodes = std::vector<std::uint32_t>;
using Times = std::vector<wire::Micros>;

std::vector<Priority> by(const Times& times) {
    std::vector<Priority> priorities;
    for (const auto time : times) priorities.push_back({time, time, 0, 0});
    return priorities;
}

TEST(Sort, IsByTimeWhereNothingIsCaused) {
    EXPECT_EQ(sort(by({30, 10, 20}), {}), (Nodes{1, 2, 0}));
}

TEST(Sort, PutsCausesFirstWhateverTheTimes) {
    EXPECT_EQ(sort(by({30, 10, 20}), {{0, 1, true}, {1, 2, false}}), (Nodes{0, 1, 2}));
}

TEST(Sort, TakesRankThenArrivalThenNumberWhereTimesAreEqual) {
    const std::vector<Priority> priorities = {
        {5, 5, 2, 7}, {5, 5, 2, 6}, {5, 5, 1, 9}, {5, 5, 2, 7}};
    EXPECT_EQ(sort(priorities, {}), (Nodes{2, 1, 0, 3}));
}

TEST(RunBack, LowersACauseToItsEarliestEffect) {
    EXPECT_EQ(run_back({50, 40, 10, 30}, {{0, 1, true}, {1, 2, true}, {1, 3, true}}),
              (Times{10, 10, 10, 30}));
}

TEST(BreakCycles, LeavesGraphsWithoutCyclesAlone) {
    std::vector<Edge> edges = {{0, 1, true}, {1, 2, true}, {0, 2, false}};
    const auto before = edges;
    EXPECT_TRUE(break_cycles({3, 2, 1}, edges).empty());
    EXPECT_EQ(edges, before);
}

TEST(BreakCycles, TakesASoftEdgeBeforeAHardOne) {
    std::vector<Edge> edges = {{0, 1, true}, {1, 0, false}};
    EXPECT_EQ(break_cycles({9, 1}, edges), (std::vector<Edge>{{1, 0, false}}));
    EXPECT_EQ(edges, (std::vector<Edge>{{0, 1, true}}));
}

TEST(BreakCycles, TakesTheEdgeThatTimesContradictMost) {
    std::vector<Edge> edges = {{0, 1, false}, {1, 2, false}, {2, 0, false}, {3, 0, false}};
    EXPECT_EQ(break_cycles({10, 20, 70, 99}, edges), (std::vector<Edge>{{2, 0, false}}));
    EXPECT_EQ(edges.size(), 3U);
}

TEST(BreakCycles, CutsAnyKnotAndDeepChainsWithoutRecursion) {
    std::mt19937 random(1);
    constexpr std::uint32_t nodes = 20'000;
    Times times;
    std::vector<Edge> edges;
    for (std::uint32_t i = 0; i < nodes; ++i) {
        times.push_back(static_cast<wire::Micros>(random() % 1000));
        edges.push_back({i, (i + 1) % nodes, i % 3 != 0});  // one cycle through all nodes
        const auto other = static_cast<std::uint32_t>((i + 1 + random() % (nodes - 1)) % nodes);
        edges.push_back({i, other, random() % 2 == 0});
    }
    const std::size_t before = edges.size();
    const auto taken = break_cycles(times, edges);
    EXPECT_EQ(taken.size() + edges.size(), before);
    const auto order = sort(by(times), edges);
    ASSERT_EQ(order.size(), nodes);
    Nodes place(nodes);
    for (std::uint32_t i = 0; i < nodes; ++i) place[order[i]] = i;
    EXPECT_TRUE(std::all_of(edges.begin(), edges.end(), [&](const Edge& edge) {
        return place[edge.cause] < place[edge.effect];
    }));
}

}  // namespace
}  // namespace ci::order
