#include "order/observe/timebase.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "order/observe/robust_stats.h"
#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

/// An observer's stamps and their arrivals, in microseconds after the start.
struct Stream {
    const char* name;
    std::vector<Micros> stamps, arrivals;
    bool is_clock;
    bool refused = false;
    std::size_t epochs = 1;
};

constexpr Micros hour = 3600 * second;

const Stream streams[] = {
    {"OrdinaryClock", {0, 40, 900}, {150, 200, 1100}, true},
    {"ClockOfAnotherTimeZone", {hour, hour + 40, hour + 900}, {150, 200, 1100}, true},
    {"StampsALittleOutOfOrder", {0, 46'000, 900, 47'000}, {10, 20, 30, 48'000}, true},
    {"ReplayedAtOnce", {0, 500 * ms, 30 * second, 31 * second}, {0, 20, 40, 60}, true},
    {"ReadInOneBatch", {0, 500 * ms, 2 * second}, {5 * second, 5 * second, 5 * second}, true},
    {"OneDatagramHeldUp",
     {0, 1 * second, 2 * second, 3 * second, 1500 * ms, 4 * second, 5 * second, 6 * second},
     {1, 2, 3, 4, 5, 6, 7, 8},
     true},
    {"InOrderThoughArrivalsHesitate",
     {0, 1 * ms, 2 * ms, 125 * ms, 126 * ms, 430 * ms, 431 * ms},
     {0, 1 * ms, 3 * second, 3125 * ms, 6 * second, 6300 * ms, 9 * second},
     true},
    {"StampsEqualArrivals", {0, 500, 1000}, {0, 510, 1000}, false},
    {"RunsBackwards", {0, -5 * second, -9 * second}, {0, 10, 20}, false, true},
    {"SetBackInMidCall",
     {0, second, -3 * second, -2 * second, -1 * second, 0},
     {0, second, 2 * second, 3 * second, 4 * second, 5 * second},
     true,
     false,
     2},
    {"JumpsMoreOftenThanAClockIsSet",
     {0, 100 * ms, 1200 * ms, 1300 * ms, 2400 * ms, 2500 * ms, 3600 * ms, 3700 * ms, 3600 * ms,
      3700 * ms},
     {0, 100 * ms, 200 * ms, 300 * ms, 400 * ms, 500 * ms, 600 * ms, 700 * ms, 800 * ms, 900 * ms},
     false,
     true},
    {"DelayedOnTheWayForASecond",
     {0, 100 * ms, 200 * ms, 400 * ms, 500 * ms, 300 * ms, 600 * ms, 700 * ms, 800 * ms, 900 * ms,
      2000 * ms, 2100 * ms, 2200 * ms, 2300 * ms},
     {2 * ms, 102 * ms, 202 * ms, 402 * ms, 502 * ms, 503 * ms, 602 * ms, 702 * ms, 1802 * ms,
      1902 * ms, 2002 * ms, 2102 * ms, 2202 * ms, 2302 * ms},
     true},
    {"SetForthAndBack",
     {0, second, 9 * second, 10 * second, 4 * second, 5 * second},
     {0, second, 2 * second, 3 * second, 4 * second, 5 * second},
     true,
     false,
     3},
    {"ReportsThatComeALittleLater",
     {0, second, 2 * second, 3 * second},
     {2 * ms, second + 2 * ms, 2 * second + 112 * ms, 3 * second + 115 * ms},
     true},
    {"DaysPassInASecond", {0, 24 * hour, 48 * hour}, {0, 500 * ms, second}, false, true},
};

class ReadClocks : public testing::TestWithParam<Stream> {};

TEST_P(ReadClocks, TellsAClockFromNone) {
    const auto& [name, stamps, arrivals, is_clock, refused, epochs] = GetParam();
    std::vector<Chunk> chunks;
    for (std::size_t i = 0; i < stamps.size(); ++i) {
        Chunk chunk;
        chunk.observer = "o";
        chunk.timestamp = start + stamps[i];
        chunk.ref_timestamp = start + arrivals[i];
        chunk.label = "INFO sip:b SIP/2.0";
        chunk.c_seq = std::to_string(i) + " INFO";
        chunks.push_back(chunk);
    }
    const Observations observations = observe(chunks);
    const Timebase timebase = find_timebase(observations);
    EXPECT_EQ(timebase.epochs[0].has_clock, is_clock);
    EXPECT_EQ(timebase.refused[0], refused);
    EXPECT_EQ(timebase.epochs.size(), epochs);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const Observation& seen = observations.all[i];
        EXPECT_EQ(timebase.times[i], is_clock ? *seen.stamp : seen.arrival);
    }
}

INSTANTIATE_TEST_SUITE_P(Streams, ReadClocks, testing::ValuesIn(streams),
                         [](const auto& row) { return row.param.name; });

TEST(ReadClocks, PutsAFewChunksWithoutStampOnTheObserversClock) {
    Scene world({Watcher{"p", "192.0.2.2", 9 * second}});
    call(world);
    world.chunks[4].flags.set(chunk::Flag::bad_time);
    const Observations observations = observe(world.chunks);
    const Timebase timebase = find_timebase(observations);
    EXPECT_TRUE(timebase.epochs[0].has_clock);
    EXPECT_EQ(timebase.times[4] - observations.all[4].arrival, 9 * second - 2 * ms);
}

/// Its stamps cannot show that its lines were read in batches.
TEST(ReadClocks, TakesALogOfWholeSecondsForReadInBatches) {
    std::vector<Chunk> chunks;
    for (int i = 0; i < 3; ++i) {
        Chunk chunk;
        chunk.observer = "o";
        chunk.timestamp = (start + 700 * ms * i) / second * second;
        chunk.ref_timestamp = start + second * i;
        chunk.label = "INFO sip:b SIP/2.0";
        chunk.c_seq = std::to_string(i) + " INFO";
        chunks.push_back(chunk);
    }
    const auto epoch = [&] { return find_timebase(observe(chunks)).epochs[0]; };
    EXPECT_FALSE(epoch().bunched);
    for (Chunk& chunk : chunks) chunk.flags.set(chunk::Flag::whole_seconds);
    EXPECT_FALSE(epoch().has_clock);
    EXPECT_TRUE(epoch().bunched);
}

TEST(Median, IsTheMiddleOrTheMeanOfTheTwo) {
    std::vector<Micros> odd = {5, 1, 3};
    std::vector<Micros> even = {4, 1, 3, 10};
    std::vector<Micros> none;
    EXPECT_EQ(median(odd), 3);
    EXPECT_EQ(median(even), 3);
    EXPECT_EQ(median(none), 0);
}

}  // namespace
}  // namespace ci::order
