#include "order/clocks/clock_fit.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

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

}  // namespace
}  // namespace ci::order
