// Properties that hold for any permutation, any subset and any shift of clocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

/// Three observers mirror both ends of each hop, so that shared messages determine everything.
Scene whole_call() {
    Scene world({{"a", "192.0.2.1"}, {"p", "192.0.2.2"}, {"b", "192.0.2.3"}}, 300);
    call(world);
    return world;
}

std::vector<std::size_t> ordered(const std::vector<Chunk>& chunks,
                                 const std::vector<std::size_t>& shows) {
    std::vector<std::size_t> numbers;
    for (const Event& event : order(chunks).events) numbers.push_back(shows[event.chunk]);
    return numbers;
}

class Property : public testing::TestWithParam<unsigned> {
  protected:
    std::mt19937 random_{GetParam()};
    Micros any(Micros least, Micros most) {
        return std::uniform_int_distribution<Micros>(least, most)(random_);
    }
};

TEST_P(Property, ShiftsOfClocksChangeNothing) {
    Scene world = whole_call();
    for (const char* watcher : {"a", "p", "b"}) {
        const Micros by = any(-9000 * second, 9000 * second);
        for (Chunk& chunk : world.chunks) {
            if (chunk.observer == watcher) *chunk.timestamp += by;
        }
    }
    std::shuffle(world.chunks.begin(), world.chunks.end(), random_);
    const Scene truth = whole_call();
    const Flow expected = order(truth.chunks);
    const Flow flow = order(world.chunks);
    ASSERT_EQ(flow.events.size(), expected.events.size());
    for (std::size_t i = 0; i < flow.events.size(); ++i) {
        EXPECT_EQ(world.chunks[flow.events[i].chunk].message,
                  truth.chunks[expected.events[i].chunk].message);
    }
}

TEST_P(Property, WhatIsLeftStaysInOrderWhenChunksAreLost) {
    const Scene world = whole_call();
    std::vector<Chunk> chunks;
    std::vector<std::size_t> shows;
    for (std::size_t i = 0; i < world.chunks.size(); ++i) {
        if (any(0, 2) == 0) continue;
        chunks.push_back(world.chunks[i]);
        shows.push_back(world.shows[i]);
    }
    auto numbers = ordered(chunks, shows);
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    // Each message is there exactly once.
    EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end()), numbers.end());
    std::sort(shows.begin(), shows.end());
    shows.erase(std::unique(shows.begin(), shows.end()), shows.end());
    EXPECT_EQ(numbers, shows);
}

TEST_P(Property, CausesComeFirstWhateverStampsSay) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    call(world);
    for (Chunk& chunk : world.chunks) *chunk.timestamp += any(-86'400 * second, 86'400 * second);
    // Everything arrived at once and the stamps are random, so that only causality is left.
    const auto numbers = world.ordered();
    std::vector<std::size_t> place(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) place[numbers[i]] = i;
    for (const auto& [cause, effect] : std::vector<std::pair<std::size_t, std::size_t>>{
             {0, 1}, {0, 2}, {2, 3}, {3, 4}, {5, 6}, {6, 7}, {7, 8}, {9, 10}, {10, 11}, {11, 12}}) {
        EXPECT_LT(place[cause], place[effect]);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Property, testing::Range(0U, 60U));

}  // namespace
}  // namespace ci::order
