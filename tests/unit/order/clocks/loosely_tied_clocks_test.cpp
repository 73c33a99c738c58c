#include "order/clocks/loosely_tied_clocks.h"

#include <gtest/gtest.h>

#include <vector>

namespace ci::order {
namespace {

using wire::Micros;

/// One message of a tied clock, and two of a clock that shares no message with another: the first
/// read 1 ms before the second.
struct LooselyTied : testing::Test {
    Timebase timebase;
    Alignment alignment;
    Transmissions transmissions;
    std::vector<Micros> times = {100'000, 108'000, 109'000};

    LooselyTied() {
        timebase.times = {500'000, 1'000, 2'000};
        timebase.epoch = {0, 1, 1};
        timebase.epochs.resize(2);
        timebase.epochs[0].has_clock = timebase.epochs[1].has_clock = true;
        alignment.ties = {3, 0};
        for (std::uint32_t t = 0; t < 3; ++t) {
            Transmission one;
            one.at = times[t];
            one.observations = {t};
            transmissions.all.push_back(one);
        }
    }
    bool moves() { return move_together(timebase, alignment, transmissions, times); }
};

TEST_F(LooselyTied, MessagesMoveWithTheLaterOneThatCausesMoved) {
    times[2] = 105'000;
    EXPECT_TRUE(moves());
    EXPECT_EQ(times, (std::vector<Micros>{100'000, 105'000, 105'000}));
}

TEST_F(LooselyTied, MessagesStayWhereTheLaterOneWasStampedLate) {
    times[2] = 90'000;
    EXPECT_FALSE(moves());
    EXPECT_EQ(times[1], 108'000);
}

TEST_F(LooselyTied, MessagesStayWhereSharedMessagesTieTheirClock) {
    alignment.ties = {3, 1};
    times[2] = 105'000;
    EXPECT_FALSE(moves());
}

TEST_F(LooselyTied, ReportsOfAnObserverWithoutAClockStay) {
    timebase.epochs[1].has_clock = false;
    times[2] = 105'000;
    EXPECT_FALSE(moves());
}

}  // namespace
}  // namespace ci::order
