// Findings beside the order: gaps, observers that missed messages, timers, clocks.
#include <gtest/gtest.h>

#include <algorithm>

#include "order/causality/contradictions.h"
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

TEST(Gaps, AnAckMayGoWhereTheInviteDidNot) {
    Scene world({Watcher{"a", "192.0.2.1"}});
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"a"}, "bob", ""});
    world.send(10, alice, bob, {"ACK", "1 ACK", {"x"}, "bob", ""});
    EXPECT_TRUE(flow_of(world).gaps.empty());
    // Another INVITE does not count.
    world.send(20, alice, bob, {"ACK", "2 ACK", {"y"}, "bob", ""});
    EXPECT_EQ(flow_of(world).gaps.size(), 1U);
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

TEST(Contradictions, AStepOfNothingIsNone) {
    const Observations observations;
    const Transmissions transmissions;
    Contradictions contradictions({}, observations, transmissions);
    contradictions.was_stepped("p", 400);
    contradictions.was_stepped("p", -400);
    EXPECT_TRUE(contradictions.take().empty());
    contradictions.was_stepped("p", -2 * second);
    EXPECT_EQ(contradictions.take(), std::vector<std::string>{"p: its clock was set 2.000 s back"});
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

using Kind = Delivery::Kind;

/// A call that p reports at once; `late`: when the reports of b come that would have come at a time
/// after the start.
template <class Link>
Flow reported_by(Link late) {
    Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3", 200 * ms}}, 300);
    call(world);
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "b") chunk.ref_timestamp = start + late(*chunk.ref_timestamp - start);
    }
    return flow_of(world);
}

TEST(Deliveries, OverPromptLinksArePrompt) {
    const Flow flow = reported_by([](Micros at) { return at + 100 * ms; });
    for (const Clock& clock : flow.clocks) {
        ASSERT_TRUE(clock.delivery) << clock.observer;
        EXPECT_EQ(clock.delivery->kind, Kind::prompt) << clock.observer;
        EXPECT_LT(clock.delivery->worst, 150 * ms) << clock.observer;
    }
}

TEST(Deliveries, AreLateByWhatTheLinkTakes) {
    const Flow flow = reported_by([](Micros at) { return at + 3 * second; });
    ASSERT_EQ(flow.clocks.size(), 2U);
    const auto& late = flow.clocks[0].delivery;
    const auto& prompt = flow.clocks[1].delivery;
    ASSERT_TRUE(late && prompt);
    EXPECT_EQ(late->kind, Kind::late);
    EXPECT_NEAR(static_cast<double>(late->median), 3 * second, 20 * ms);
    EXPECT_NEAR(static_cast<double>(late->worst), 3 * second, 20 * ms);
    EXPECT_EQ(prompt->kind, Kind::prompt);
    EXPECT_EQ(prompt->median, 0);
}

TEST(Deliveries, ArePromptInSpiteOfAHitchButNotOfAnOutage) {
    for (const auto& [held_up, kind] :
         {std::pair{600 * ms, Kind::prompt}, std::pair{5 * second, Kind::uneven}}) {
        const Flow flow = reported_by([held_up = held_up](Micros at) {
            return at > 23'019 * ms ? at + held_up : at;  // the last one
        });
        const auto& delivery = flow.clocks[0].delivery;
        ASSERT_TRUE(delivery);
        EXPECT_EQ(delivery->kind, kind) << held_up;
        EXPECT_NEAR(static_cast<double>(delivery->worst), static_cast<double>(held_up), 30 * ms);
        EXPECT_EQ(delivery->median, 0);
    }
}

TEST(Deliveries, OfACaptureThatIsImportedAreABatch) {
    constexpr Micros day = 86'400 * second;
    const Flow flow = reported_by([](Micros at) { return day + at / 100'000; });
    const auto& imported = flow.clocks[0].delivery;
    ASSERT_TRUE(imported);
    EXPECT_EQ(imported->kind, Kind::batched);
    EXPECT_NEAR(static_cast<double>(imported->worst), day, 30 * ms) << "the first is the latest";
    EXPECT_LT(imported->median, imported->worst - second);
}

TEST(Deliveries, ThatSlowDownAreUneven) {
    const Flow flow = reported_by([](Micros at) { return at + at / 4; });
    const auto& uneven = flow.clocks[0].delivery;
    ASSERT_TRUE(uneven);
    EXPECT_EQ(uneven->kind, Kind::uneven);
    EXPECT_NEAR(static_cast<double>(uneven->worst), 5'755 * ms, 30 * ms);
    EXPECT_LT(uneven->median, second);
}

TEST(Deliveries, AreUnknownWithoutAnotherObserversReports) {
    Scene alone({Watcher{"p", "192.0.2.2"}});
    call(alone);
    EXPECT_FALSE(flow_of(alone).clocks[0].delivery);

    Scene apart({{"a", "192.0.2.1"}, {"b", "192.0.2.3"}}, 300);
    call(apart);
    for (const Clock& clock : flow_of(apart).clocks) EXPECT_FALSE(clock.delivery);
}

TEST(Deliveries, AreUnknownBesideReportsWithoutAnArrival) {
    Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3"}}, 300);
    call(world);
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "b") chunk.ref_timestamp.reset();
    }
    for (const Clock& clock : flow_of(world).clocks) {
        EXPECT_FALSE(clock.delivery) << clock.observer;
    }
}

TEST(Events, ThatOnlyArrivalsPlaceAreGuessed) {
    Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3", 9 * second}}, 300);
    const std::string other = "192.0.2.4:5060";
    world.send(0, alice, proxy, {"MESSAGE", "1 MESSAGE", {"a1"}, "", ""});
    world.send(2 * ms, proxy, alice, {"200 OK", "1 MESSAGE", {"a1"}, "p", ""});
    world.send(second, bob, other, {"INFO", "7 INFO", {"b1"}, "x", "", "y"});
    world.send(second + ms, other, bob, {"200 OK", "7 INFO", {"b1"}, "x", "", "y"});
    world.send(4 * second, alice, proxy, {"MESSAGE", "2 MESSAGE", {"a2"}, "p", ""});
    const Flow flow = flow_of(world);
    ASSERT_EQ(flow.events.size(), 5U);
    for (const Event& event : flow.events) {
        EXPECT_EQ(event.guessed, world.chunks[event.chunk].observer == "b");
    }
}

TEST(Events, AreNotGuessedWhereMessagesTieTheClocks) {
    Scene world({{"a", "192.0.2.1", -second}, {"p", "192.0.2.2"}, {"b", "192.0.2.3", 9 * second}});
    call(world);
    for (const Event& event : flow_of(world).events) EXPECT_FALSE(event.guessed);
}

TEST(Events, OfALateObserverWithoutAClockAreGuessedUnlessOthersSawThem) {
    // Bob's reports came together, an hour later. Causes bound them from both sides.
    Scene world({{"p", "192.0.2.2"}, {"b", "192.0.2.3", 0, 0, false}}, 300);
    const std::string other = "192.0.2.4:5060";
    for (const int n : {1, 2, 3, 4}) {
        const Micros at = n * 10 * second;
        const std::string cseq = std::to_string(n) + " OPTIONS";
        const std::string up = "u" + std::to_string(n);
        const std::string down = "d" + std::to_string(n);
        world.send(at, alice, proxy, {"OPTIONS", cseq, {up}, "", ""});
        world.send(at + 2 * ms, proxy, bob, {"OPTIONS", cseq, {down, up}, "", ""});
        if (n == 3) world.lose("p");
        world.send(at + 4 * ms, bob, proxy, {"200 OK", cseq, {down, up}, "b", ""});
        if (n == 3) world.lose("p");
        world.send(at + 6 * ms, proxy, alice, {"200 OK", cseq, {up}, "b", ""});
    }
    world.send(45 * second, bob, other, {"INFO", "7 INFO", {"b1"}, "x", "", "y"});
    Micros place = 0;
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer != "b") continue;
        chunk.timestamp = chunk.ref_timestamp = start + 3'600 * second + place++;
    }
    for (const Event& event : flow_of(world).events) {
        const bool by_others =
            std::any_of(event.seen.begin(), event.seen.end(),
                        [&](std::size_t i) { return world.chunks[i].observer == "p"; });
        EXPECT_EQ(event.guessed, !by_others) << world.chunks[event.chunk].label;
    }
}

TEST(Events, OfAClockThatWasSetAreNotGuessed) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    call(world);
    for (Chunk& chunk : world.chunks) {
        if (*chunk.ref_timestamp > start + 20 * second) *chunk.timestamp += 500 * second;
    }
    const Flow flow = flow_of(world);
    EXPECT_EQ(flow.clocks[0].steps, 1U);
    for (const Event& event : flow.events) EXPECT_FALSE(event.guessed);
}

}  // namespace
}  // namespace ci::order
