#include "clocks/track.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ci::clocks::track_test {
namespace {

using wire::Micros;

constexpr Micros second = 1'000'000;
constexpr Micros start = 1'800'000'000 * second;

/// A sample a second, all of one value.
void add(Track& track, Micros from, Micros until, Micros value) {
    for (Micros time = from; time < until; time += second) track.add(start + time, value);
}

TEST(Track, IgnoresASampleFarFromItsLine) {
    Track track;
    add(track, 0, 100 * second, 0);
    track.add(start + 100 * second, 10 * second);
    EXPECT_EQ(track.count, 100U);
    EXPECT_EQ(track.since, start);
    EXPECT_EQ(track.at(start + 100 * second), 0);
}

TEST(Track, BeginsAnewOnceSamplesThatAgreeAreFarFromItsLine) {
    Track track;
    add(track, 0, 100 * second, 0);
    add(track, 100 * second, 105 * second, 10 * second);
    EXPECT_EQ(track.since, start + 100 * second);
    EXPECT_EQ(track.at(start + 105 * second), 10 * second);
}

TEST(Track, DoesNotBeginAnewForSamplesThatAreFarFromEachOther) {
    Track track;
    add(track, 0, 100 * second, 0);
    for (Micros i = 0; i < 20; ++i) track.add(start + (100 + i) * second, (10 + i) * second);
    EXPECT_EQ(track.since, start);
    EXPECT_EQ(track.at(start + 120 * second), 0);
}

TEST(Track, ForgetsOldSamples) {
    constexpr Micros hour = 3'600 * second, changed = 40'000;
    Track track;
    add(track, 0, 2 * hour, 0);
    add(track, 2 * hour, 8 * hour, changed);
    EXPECT_LE(std::abs(track.at(start + 8 * hour) - changed), 500);
    EXPECT_LE(std::abs(track.drift()), 1e-7) << "the change is no drift";
}

TEST(Track, OfTwoThatAreFarApartTheOneThatJumpedLastWins) {
    Track older, newer;
    add(older, 0, 100 * second, 0);
    add(newer, 50 * second, 90 * second, 10 * second);
    Track merged = older;
    merged.merge(newer);
    EXPECT_EQ(merged.at(start + 100 * second), 10 * second);
    newer.merge(older);
    EXPECT_EQ(newer.at(start + 100 * second), 10 * second);
}

}  // namespace
}  // namespace ci::clocks::track_test
