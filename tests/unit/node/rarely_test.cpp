#include "node/rarely.h"

#include <gtest/gtest.h>

namespace ci::node {
namespace {

using namespace std::chrono_literals;

TEST(Rarely, AFewTimesAtOnceThenEveryTenMinutes) {
    Rarely lines;
    const auto told_in = [&lines](Rarely::Clock::time_point from, std::chrono::seconds time) {
        int told = 0;
        for (auto now = from; now < from + time; now += 1s) told += lines.may_tell(now) ? 1 : 0;
        return told;
    };
    const Rarely::Clock::time_point start{1h};
    EXPECT_EQ(told_in(start, 10min), 5);
    EXPECT_EQ(told_in(start + 10min, 1h), 6);
    EXPECT_EQ(told_in(start + 24h, 1min), 5) << "after a quiet day it is news again";
}

}  // namespace
}  // namespace ci::node
