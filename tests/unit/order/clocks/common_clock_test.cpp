// Whose clock dates a dialogue, and what the answer says of impossible clocks.
#include "order/clocks/common_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

constexpr Micros one_hour = 3600 * second;
constexpr Micros day = 24 * one_hour;
constexpr Micros year = 365 * day;
constexpr Micros from_1900 = 2'208'988'800 * second;

/// Observed by the proxy, which sees most, and by bob. `proxys` and `bobs`: their clocks' offsets.
Scene call_of(Micros proxys, Micros bobs) {
    Scene world({{"p", "192.0.2.2", proxys}, {"b", "192.0.2.3", bobs}}, 300);
    call(world);
    return world;
}
Scene call_of_one(Micros off) {
    Scene world({Watcher{"p", "192.0.2.2", off}});
    call(world);
    return world;
}
const Clock& clock_of(const Flow& flow, const std::string& observer) {
    return *std::find_if(flow.clocks.begin(), flow.clocks.end(),
                         [&](const Clock& one) { return one.observer == observer; });
}
bool tells(const Flow& flow, const std::string& what) {
    return std::any_of(flow.contradictions.begin(), flow.contradictions.end(),
                       [&](const std::string& text) { return text.find(what) != text.npos; });
}
/// The first event's error in time.
Micros dated(const Flow& flow) {
    return flow.events.front().at - start;
}

TEST(CommonClock, IsNotOneThatCannotBe) {
    for (const Micros off : {from_1900, 67 * year, 30 * day, 2 * one_hour, -start + 300 * second}) {
        const Scene world = call_of(off, 2 * second);
        EXPECT_EQ(world.ordered(), world.truth()) << off;
        const Flow flow = order(world.chunks);
        EXPECT_LE(std::abs(dated(flow)), 5 * second) << off;
        EXPECT_TRUE(clock_of(flow, "b").common) << off;
        EXPECT_FALSE(clock_of(flow, "p").common) << off;
        EXPECT_LE(std::abs(clock_of(flow, "p").offset - off), 5 * second);
        ASSERT_TRUE(clock_of(flow, "p").ahead_of_arrival.has_value());
        EXPECT_LE(std::abs(*clock_of(flow, "p").ahead_of_arrival - off), 5 * second);
        EXPECT_FALSE(clock_of(flow, "b").ahead_of_arrival.has_value());
        EXPECT_TRUE(tells(flow, "p: its clock is ")) << off;
    }
    EXPECT_TRUE(tells(order(call_of(from_1900, 0).chunks),
                      "613608 h ahead of the collector's, as if it counted seconds from 1900"));
    EXPECT_TRUE(tells(order(call_of(-start + second, 0).chunks), "it was not set"));
}

TEST(CommonClock, IsTheCollectorsWhereNoneIsPlausible) {
    for (const Micros off : {from_1900, 67 * year, 2 * one_hour, -start + 300 * second}) {
        const Scene world = call_of_one(off);
        EXPECT_EQ(world.ordered(), world.truth()) << off;
        const Flow flow = order(world.chunks);
        EXPECT_LE(std::abs(dated(flow)), second) << off;
        EXPECT_FALSE(flow.clocks[0].common);
        EXPECT_LE(std::abs(flow.clocks[0].offset - off), second);
        EXPECT_TRUE(tells(flow, "the date is that of arrival"));
    }
    // Two clocks with the same error are not better than one.
    const Flow flow = order(call_of(from_1900, from_1900 + second).chunks);
    EXPECT_LE(std::abs(dated(flow)), 5 * second);
}

TEST(CommonClock, IsTheirsWhereAllAgreeAgainstTheCollector) {
    for (const Micros off : {5 * one_hour, 9 * year}) {  // the collector's clock is behind
        const Scene world = call_of(off, off + second);
        const Flow flow = order(world.chunks);
        EXPECT_LE(std::abs(dated(flow) - off), 5 * second) << off;
        EXPECT_TRUE(clock_of(flow, "p").common);
        EXPECT_FALSE(tells(flow, "the date is that of arrival"));
        EXPECT_LE(std::abs(*clock_of(flow, "p").ahead_of_arrival - off), 5 * second);
    }
}

TEST(CommonClock, MayBeLongPast) {
    // A recording is imported years later.
    for (const Scene& world :
         {call_of(-3 * year, -3 * year - 2 * second), call_of_one(-3 * year)}) {
        const Flow flow = order(world.chunks);
        EXPECT_LE(std::abs(dated(flow) + 3 * year), 5 * second);
        EXPECT_TRUE(clock_of(flow, "p").common);
        EXPECT_TRUE(flow.contradictions.empty());
    }
    // If one clock lies in the past and the other agrees with the collector, the other one counts.
    EXPECT_TRUE(clock_of(order(call_of(-3 * one_hour, 0).chunks), "b").common);
}

TEST(CommonClock, DoesNotNeedArrivals) {
    Scene world = call_of(0, 2 * one_hour);
    for (Chunk& chunk : world.chunks) chunk.ref_timestamp.reset();
    const Flow flow = order(world.chunks);
    EXPECT_TRUE(clock_of(flow, "p").common);
    EXPECT_TRUE(flow.contradictions.empty());
}

TEST(CommonClock, ThatWasPutRightMeanwhileCountsFromThen) {
    Scene world({Watcher{"p", "192.0.2.2", 0}});
    call(world);
    for (std::size_t i = 0; i < 5; ++i) *world.chunks[i].timestamp -= start - 60 * second;
    const Flow flow = order(world.chunks);
    EXPECT_EQ(world.ordered(), world.truth());
    EXPECT_LE(std::abs(dated(flow)), 5 * second);
}

/// Four observers' clocks; the first is right.
CommonClock chosen_of_four(Micros others) {
    std::vector<Epoch> epochs(4);
    for (std::uint32_t i = 0; i < 4; ++i) {
        epochs[i].observer = i;
        epochs[i].has_clock = epochs[i].arrived = true;
        epochs[i].observations = 10;
        epochs[i].ahead = i == 0 ? 0 : others;
        epochs[i].stamp = start + epochs[i].ahead;
    }
    return common_clock(epochs);
}

TEST(CommonClock, IsOneOfTheDateOnWhichMostAgree) {
    EXPECT_NE(chosen_of_four(-30 * day).epoch, 0U);
}

TEST(CommonClock, IsNotOneThatCountsFrom1900ThoughMostAgree) {
    EXPECT_EQ(chosen_of_four(from_1900).epoch, 0U);
}

}  // namespace
}  // namespace ci::order
