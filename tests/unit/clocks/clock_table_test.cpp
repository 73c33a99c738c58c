#include "clocks/clock_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;
using namespace clocks;

void expect_near(Micros value, Micros expected, Micros within) {
    EXPECT_LE(std::abs(value - expected), within) << value << " instead of " << expected;
}

/// Observers a and b send to each other once a second; their clocks are 3 s ahead and 7 s behind.
struct Traffic {
    std::mt19937 random{7};
    Micros a_ahead = 3 * second, b_ahead = -7 * second;
    double b_drift = 0;

    Micros jitter(int limit) { return std::uniform_int_distribution<Micros>(0, limit)(random); }

    void pass(ClockTable& table, int from, int to) {
        for (int s = from; s < to; ++s) {
            const Micros now = start + s * second;
            const Micros a = now + a_ahead;
            const Micros b = now + b_ahead + std::llround(b_drift * s * 1e6);
            const Micros arrival = now + ms + jitter(500);
            table.arrived("a", a, arrival);
            table.arrived("b", b, arrival);
            if (s % 2 == 0) {
                table.seen_by_both({"a", a, arrival}, {"b", b + 200 + jitter(50), arrival});
            } else {
                table.seen_by_both({"b", b, arrival}, {"a", a + 200 + jitter(50), arrival});
            }
        }
    }
};

TEST(ClockTable, LearnsHowFarClocksAreApart) {
    ClockTable table;
    Traffic().pass(table, 0, 100);
    const auto priors = table.priors();
    ASSERT_EQ(priors.size(), 2U);
    EXPECT_EQ(priors[0].observer, "a");
    const Micros now = start + 100 * second;
    expect_near(priors[0].offset_at(now), 3 * second, 3 * ms);  // against the collector: roughly
    expect_near(priors[0].offset_at(now) - priors[1].offset_at(now), 10 * second, 50);  // closely
    EXPECT_GE(priors[0].count, 99U);
}

TEST(ClockTable, FollowsDrift) {
    ClockTable table;
    Traffic traffic;
    traffic.b_drift = 80e-6;
    traffic.pass(table, 0, 1000);
    const auto priors = table.priors();
    EXPECT_NEAR(priors[1].drift - priors[0].drift, 80e-6, 5e-6);
    const Micros later = start + 1100 * second;
    expect_near(priors[1].offset_at(later) - priors[0].offset_at(later), -10 * second + 88 * ms,
                ms);
}

TEST(ClockTable, BeginsAnewWhenAClockIsSet) {
    ClockTable table;
    Traffic traffic;
    traffic.pass(table, 0, 100);
    traffic.a_ahead = 0;
    traffic.pass(table, 100, 150);
    const auto priors = table.priors();
    const Micros now = start + 150 * second;
    expect_near(priors[0].offset_at(now) - priors[1].offset_at(now), 7 * second, 100);
    expect_near(priors[0].since - start, 100 * second, 3 * second);
}

TEST(ClockTable, ForgivesASingleStampThatIsOff) {
    ClockTable table;
    Traffic traffic;
    traffic.pass(table, 0, 100);
    table.arrived("a", start, start + 100 * second);
    table.seen_by_both({"a", start, start + 100 * second},
                       {"b", start + 50 * second, start + 100 * second});
    traffic.pass(table, 101, 110);
    const auto priors = table.priors();
    const Micros now = start + 110 * second;
    expect_near(priors[0].offset_at(now) - priors[1].offset_at(now), 10 * second, 100);
    EXPECT_LT(priors[0].since, start + second);
}

TEST(ClockTable, OfTwoHalvesIsAsGoodAsOne) {
    ClockTable first;
    ClockTable second_half;
    Traffic traffic;
    traffic.b_drift = 80e-6;
    traffic.pass(first, 0, 500);
    traffic.pass(second_half, 500, 1000);
    first.merge(second_half);
    const auto priors = first.priors();
    const Micros now = start + 1000 * second;
    expect_near(priors[1].offset_at(now) - priors[0].offset_at(now), -10 * second + 80 * ms, ms);
}

TEST(ClockTable, ComesBackFromItsRows) {
    ClockTable table;
    Traffic().pass(table, 0, 100);
    ClockTable again;
    for (const auto& row : table.rows()) again.restore(row);
    const auto before = table.priors();
    const auto after = again.priors();
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(after[i].offset, before[i].offset);
        EXPECT_EQ(after[i].drift, before[i].drift);
    }
}

TEST(ClockTable, TiesThroughOthers) {
    ClockTable table;
    for (int s = 0; s < 50; ++s) {
        const Micros now = start + s * second;
        const Micros late = now + 5 * second;  // the links of c and d
        table.arrived("b", now, now + ms);
        table.arrived("a", now + 3 * second, now + ms);
        table.arrived("a", now + 3 * second + 500 * ms, now + 501 * ms);
        table.arrived("c", now + 9 * second, late);
        table.seen_by_both({"a", now + 3 * second, now + ms}, {"b", now + 100, now + ms});
        table.seen_by_both({"b", now, now + ms}, {"a", now + 3 * second + 100, now + ms});
        table.seen_by_both({"c", now + 9 * second, late}, {"b", now + 100, now + ms});
        table.seen_by_both({"b", now, now + ms}, {"c", now + 9 * second + 100, late});
        table.arrived("d", now + 20 * second, late);
        table.seen_by_both({"c", now + 9 * second, late}, {"d", now + 20 * second + 100, late});
        table.seen_by_both({"d", now + 20 * second, late}, {"c", now + 9 * second + 100, late});
    }
    const auto priors = table.priors();
    ASSERT_EQ(priors.size(), 4U);
    expect_near(priors[2].offset - priors[0].offset, 6 * second, 10);
    expect_near(priors[3].offset - priors[0].offset, 17 * second, 10);
}

TEST(ClockTable, LeavesOutADirectionThatDidNotShowYetThatAClockWasSet) {
    ClockTable table;
    Traffic traffic;
    traffic.pass(table, 0, 100);
    for (int s = 100; s < 110; ++s) {  // from a to b alone, whose clock is right now
        const Micros now = start + s * second;
        table.arrived("a", now + 3 * second, now + ms);
        table.arrived("b", now, now + ms);
        table.seen_by_both({"a", now + 3 * second, now + ms}, {"b", now + 200, now + ms});
    }
    const auto priors = table.priors();
    const Micros now = start + 110 * second;
    expect_near(priors[0].offset_at(now) - priors[1].offset_at(now), 3 * second, 10 * ms);
}

TEST(ClockTable, DatesOthersByNoObserverWithFewMessages) {
    ClockTable table;
    for (int s = 0; s < 100; ++s) {
        const Micros now = start + s * second;
        const Micros late = now + 3 * second;
        table.arrived("b", now, late);
        if (s < 96) continue;
        table.arrived("a", now, now + 2 * ms);
        table.seen_by_both({"b", now, late}, {"a", now, now + 2 * ms});
    }
    for (const auto& prior : table.priors()) expect_near(prior.offset, -3 * second, 10 * ms);
}

TEST(ClockTable, FollowsThePromptestObserverHoweverLittleItSees) {
    ClockTable table;
    for (int s = 0; s < 100; ++s) {
        const Micros now = start + s * second;
        const Micros late = now + 3 * second;
        table.arrived("b", now, late);
        if (s % 5 >= 2) continue;
        table.arrived("a", now, now + 2 * ms);
        if (s % 5 == 0) {
            table.seen_by_both({"a", now, now + 2 * ms}, {"b", now, late});
        } else {
            table.seen_by_both({"b", now, late}, {"a", now, now + 2 * ms});
        }
    }
    for (const auto& prior : table.priors()) expect_near(prior.offset, 0, ms);
}

TEST(ClockTable, BelievesNoTieFromBeforeAClockWasSet) {
    ClockTable table;
    Traffic traffic;
    traffic.pass(table, 0, 100);
    traffic.b_ahead = 3600 * second;
    traffic.pass(table, 100, 107);
    const auto priors = table.priors();
    expect_near(priors[0].offset, 3 * second, 3 * ms);
    expect_near(priors[1].offset, 3600 * second, 3 * ms);
}

TEST(ClockTable, KeepsNoMoreThanItMay) {
    ClockTable table;
    for (std::size_t i = 0; i < ClockTable::max_observers + 5; ++i) {
        table.arrived("observer " + std::to_string(i), start, start);
    }
    EXPECT_EQ(table.priors().size(), ClockTable::max_observers);
    EXPECT_EQ(table.overflow(), 5U);
}

// ---- the priors' effect on order()

TEST(Priors, TieObserversThatShareNoMessage) {
    // The phones' proxy is not observed, and b's chunks arrive in one batch.
    Scene world({{"a", "192.0.2.1", 3 * second}, {"b", "192.0.2.3", -9 * second}}, 300);
    call(world);
    for (std::size_t i = 0; i < world.chunks.size(); ++i) {
        if (world.chunks[i].observer == "b") world.chunks[i].ref_timestamp = start + 60 * second;
    }
    const std::vector<ClockPrior> priors = {{"a", start, 3 * second, 0, 100, 50, 0},
                                            {"b", start, -9 * second, 0, 100, 50, 0}};
    const Flow flow = order(world.chunks, priors);
    const auto off = [&](std::size_t i) { return flow.clocks[i].offset; };
    expect_near(std::abs(off(0) - off(1)), 12 * second, 500);
}

TEST(Priors, OfALateLinkAreBelieved) {
    // Each observer sees requests of its own host only, which do not cause each other. All that b
    // reports arrives 3 s late.
    Scene world({{"a", "192.0.2.1", 3 * second}, {"b", "192.0.2.3", -9 * second}}, 300);
    call(world);
    std::vector<Chunk> chunks;
    for (int i = 0; i < 6; ++i) {
        for (const bool is_a : {true, false}) {
            Chunk chunk = world.chunks.front();
            const Micros now = start + i * 100 * ms + (is_a ? 0 : 50 * ms);
            chunk.observer = is_a ? "a" : "b";
            chunk.src = is_a ? "192.0.2.1:5060" : "192.0.2.3:5060";
            chunk.dst = is_a ? "192.0.2.11:5060" : "192.0.2.13:5060";
            chunk.label = "INFO sip:x SIP/2.0";
            chunk.c_seq = std::to_string(i + 1) + " INFO";
            chunk.message =
                "INFO sip:x SIP/2.0\r\nVia: SIP/2.0/UDP " + chunk.src + ";branch=z9hG4bK" +
                std::to_string(i) + chunk.observer + "\r\nFrom: <sip:x>;tag=" + chunk.observer +
                "\r\nTo: <sip:x>;tag=2\r\nCall-ID: c\r\nCSeq: " + chunk.c_seq + "\r\n\r\n";
            chunk.timestamp = now + (is_a ? 3 : -9) * second;
            chunk.ref_timestamp = now + 2 * ms + (is_a ? 0 : 3 * second);
            chunks.push_back(chunk);
        }
    }
    std::vector<ClockPrior> priors = {{"a", start, 3 * second, 0, 100, 50, 0, 0},
                                      {"b", start, -9 * second, 0, 100, 50, 0, 3 * second}};
    const Flow flow = order(chunks, priors);
    for (std::size_t i = 0; i < flow.events.size(); ++i) EXPECT_EQ(flow.events[i].chunk, i);
}

TEST(Priors, AreNotBelievedAgainstArrivals) {
    Scene world({{"a", "192.0.2.1", 3 * second}, {"p", "192.0.2.2"}}, 300);
    call(world);
    const auto expected = world.ordered();
    // The clock has been stepped since: it is an hour off the prior.
    const std::vector<ClockPrior> priors = {{"a", start, 3603 * second, 0, 100, 50, 0}};
    std::vector<std::size_t> ordered;
    for (const Event& event : order(world.chunks, priors).events) {
        ordered.push_back(world.shows[event.chunk]);
    }
    EXPECT_EQ(ordered, expected);
}

}  // namespace
}  // namespace ci::order
