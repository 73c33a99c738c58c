// The small parts of ordering, tested without a dialogue.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "order/clocks/clock_fit.h"
#include "order/observe/flat_hash_map.h"
#include "order/observe/interner.h"
#include "order/observe/robust_stats.h"
#include "order/scene.h"
#include "order/timers.h"

namespace ci::order {
namespace {

using namespace scene;

// ---- middle.h

TEST(Middle, ModeHoldsWhenMoreThanHalfAreWrong) {
    std::vector<Micros> values = {100, 101, 99, 5'000, 31'000, 12'000, 22'000};
    EXPECT_NEAR(static_cast<double>(mode(values)), 100, 1);
}

TEST(Middle, OfNothingIsNothing) {
    std::vector<Micros> none;
    EXPECT_EQ(mode(none), 0);
    EXPECT_EQ(quantile(none, 0.3), 0);
}

// ---- timers.h

struct Timer {
    Micros elapsed;
    bool is_invite;
    std::optional<unsigned> slot;
};

TEST(Timers, AreThoseOfRfc3261) {
    const Timer timers[] = {{500 * ms, true, 1},
                            {1'500 * ms, true, 2},
                            {3'500 * ms, true, 3},
                            {7'500 * ms, true, 4},
                            {15'500 * ms, true, 5},
                            {31'500 * ms, true, 6},
                            {7'500 * ms, false, 4},
                            {11'500 * ms, false, 5},
                            {15'500 * ms, false, 6},
                            {560 * ms, false, 1},
                            {3'420 * ms, true, 3},
                            {11'500 * ms, true, std::nullopt},
                            {100 * ms, true, std::nullopt},
                            {1'000 * ms, false, std::nullopt},
                            {90 * second, false, std::nullopt},
                            {-second, true, std::nullopt}};
    for (const Timer& timer : timers) {
        EXPECT_EQ(timer_slot(timer.elapsed, timer.is_invite), timer.slot) << timer.elapsed;
    }
}

// ---- clock_fit.h

/// Two clocks, the second one `ahead` and drifting, and messages in both directions.
Evidence two_clocks(Micros ahead, double drift, Micros latency, int late_share) {
    Evidence evidence;
    evidence.passages.push_back({});
    std::mt19937 random(3);
    for (int k = 0; k < 20; ++k) {
        const Micros sent = start + k * 5 * second;
        const Micros received = sent + latency;
        const auto second_clock = [&](Micros now) {
            return now + ahead + static_cast<Micros>(drift * static_cast<double>(now - start));
        };
        const Micros late =
            late_share > 0 && k % late_share == 0 ? static_cast<Micros>(random() % 30'000) : 0;
        if (k % 2 == 0) {
            evidence.ties.push_back({0, 1, sent, second_clock(received) + late, 0, 1, 150});
        } else {
            evidence.ties.push_back({0, 1, received + late, second_clock(sent), 0, -1, 150});
        }
    }
    return evidence;
}

std::vector<FittedClock> guess(Micros ahead) {
    std::vector<FittedClock> clocks(2);
    clocks[0].pivot = start + 50 * second;
    clocks[1].pivot = start + 50 * second + ahead;
    clocks[1].offset = ahead;
    return clocks;
}

/// The second clock's reading `shown` minus the first clock's reading `now`, in common time.
Micros apart(const std::vector<FittedClock>& clocks, Micros now, Micros shown) {
    return clocks[1].to_common(shown) - clocks[0].to_common(now);
}

TEST(ClockFit, TellsOffsetFromLatency) {
    auto evidence = two_clocks(7 * second, 0, 40 * ms, 0);
    auto clocks = guess(7 * second);
    fit(clocks, evidence);
    EXPECT_LE(std::abs(apart(clocks, start, start + 7 * second)), 20);
    EXPECT_NEAR(evidence.passages[0].took, 40'000, 20);
}

TEST(ClockFit, FindsDrift) {
    auto evidence = two_clocks(7 * second, 100e-6, 200, 0);
    auto clocks = guess(7 * second + 5 * ms);
    fit(clocks, evidence);
    EXPECT_LE(std::abs(apart(clocks, start, start + 7 * second)), 200);
    const Micros end = start + 95 * second;
    EXPECT_LE(std::abs(apart(clocks, end, end + 7 * second + 9'500)), 200);
}

TEST(ClockFit, DoesNotMindAThirdOfStampsLate) {
    auto evidence = two_clocks(7 * second, 0, 200, 3);
    auto clocks = guess(7 * second);
    fit(clocks, evidence);
    EXPECT_LE(std::abs(apart(clocks, start + second, start + 8 * second)), 150);
}

TEST(ClockFit, TakesWhatWasKnown) {
    std::vector<FittedClock> clocks = guess(0);
    clocks[1].offset = second;  // a wrong first guess; no message ties the two
    Evidence evidence;
    evidence.known.push_back({0, start, 0, 0, 100});
    evidence.known.push_back({1, start, 5 * second, 0, 100});
    fit(clocks, evidence);
    EXPECT_LE(std::abs(apart(clocks, start, start + 5 * second)), 10);
}

// ---- table.h

TEST(KeyHash, TellsKeysApartWhateverTheirFirstWord) {
    // A word that turned into a factor of 0 or of all ones would erase the word beside it.
    for (const std::uint64_t first : {std::uint64_t{0}, UINT64_MAX, std::uint64_t{1}}) {
        std::set<std::size_t> hashes;
        for (std::uint64_t i = 0; i < 1'000; ++i) hashes.insert(KeyHash{}(Key{first, i, 1, 2, 0}));
        EXPECT_EQ(hashes.size(), 1'000U) << first;
    }
}

TEST(FlatHashMap, KeepsTheFirstOfEachKeyHoweverMuchItGrows) {
    FlatHashMap<std::string, int, wire::TextHash> table;
    EXPECT_EQ(table.find("0"), nullptr);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(table.emplace(std::to_string(i), i).second);
        EXPECT_FALSE(table.emplace(std::to_string(i), -1).second);
    }
    EXPECT_EQ(table.size(), 1000U);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(*table.find(std::to_string(i)), i);
    EXPECT_EQ(table.find("1000"), nullptr);
}

}  // namespace
}  // namespace ci::order
