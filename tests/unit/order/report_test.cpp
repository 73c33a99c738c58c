// Findings beside the order: gaps, observers that missed messages, timers, clocks.
#include <gtest/gtest.h>

#include <algorithm>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

Flow flow_of(const Scene& world) {
    return order(world.chunks);
}

TEST(Gaps, AResponseShowsTheRequestThatNobodySaw) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    call(world);
    world.chunks.erase(world.chunks.begin() + 2);  // the INVITE to bob
    const Flow flow = flow_of(world);
    ASSERT_EQ(flow.gaps.size(), 1U);
    EXPECT_EQ(flow.gaps[0].method, "INVITE");
    EXPECT_EQ(flow.gaps[0].number, "1");
    EXPECT_EQ(flow.gaps[0].src, proxy);
    EXPECT_EQ(flow.gaps[0].dst, bob);
    EXPECT_EQ(world.chunks[flow.events[flow.gaps[0].before].chunk].label, "SIP/2.0 180 Ringing");
}

TEST(Gaps, AnAckShowsItsInvite) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    world.send(0, alice, proxy, {"ACK", "1 ACK", {"x"}, "bob", ""});
    const Flow flow = flow_of(world);
    ASSERT_EQ(flow.gaps.size(), 1U);
    EXPECT_EQ(flow.gaps[0].method, "INVITE");
    EXPECT_EQ(flow.gaps[0].src, alice);
    EXPECT_EQ(flow.gaps[0].before, 0U);
}

TEST(Gaps, AWholeCallHasNone) {
    Scene world({{"a", "192.0.2.1"}, {"p", "192.0.2.2"}, {"b", "192.0.2.3"}}, 300);
    call(world);
    EXPECT_TRUE(flow_of(world).gaps.empty());
}

TEST(Events, SayWhoShouldHaveSeenThem) {
    Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3", 5 * second}}, 300);
    call(world);
    world.lose("b");  // the last message that bob sent or received
    const Flow flow = flow_of(world);
    std::size_t missed = 0;
    for (const Event& event : flow.events) {
        const bool is_lost = world.shows[event.chunk] == 11;
        EXPECT_EQ(event.missed_by.size(), is_lost ? 1U : 0U);
        if (!event.missed_by.empty()) {
            EXPECT_EQ(flow.clocks[event.missed_by[0]].observer, "b");
            EXPECT_EQ(event.seen.size(), 1U);
        }
        missed += event.missed_by.size();
    }
    EXPECT_EQ(missed, 1U);
}

TEST(Events, SayWhichTimerSentThemAgain) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    for (const Micros at : {Micros{0}, 500 * ms, 3'500 * ms}) {  // that at 1.5 s was lost
        world.send(at, alice, proxy, {"INVITE", "1 INVITE", {"x"}, "", ""});
    }
    const Flow flow = flow_of(world);
    ASSERT_EQ(flow.events.size(), 3U);
    EXPECT_EQ(flow.events[0].timer_slot, std::nullopt);
    EXPECT_EQ(flow.events[1].timer_slot, 1U);
    EXPECT_EQ(flow.events[2].retransmission, 2U);
    EXPECT_EQ(flow.events[2].timer_slot, 3U);
}

TEST(Clocks, AreToldWithTheirSpread) {
    Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3", -9 * second, 50e-6}}, 300);
    call(world, 2 * ms, 3 * second, 120 * second);
    const Flow flow = flow_of(world);
    ASSERT_EQ(flow.clocks.size(), 2U);
    const Clock& skewed = flow.clocks[0];
    EXPECT_EQ(skewed.observer, "b");
    EXPECT_EQ(skewed.host, "192.0.2.3");
    EXPECT_LE(std::abs(skewed.offset + 9 * second), 7 * ms);
    EXPECT_NEAR(skewed.drift, 50e-6, 10e-6);
    ASSERT_TRUE(skewed.spread.has_value());
    EXPECT_LT(*skewed.spread, ms);
    EXPECT_EQ(skewed.shared, 6U);
    EXPECT_EQ(skewed.steps, 0U);
}

}  // namespace
}  // namespace ci::order
