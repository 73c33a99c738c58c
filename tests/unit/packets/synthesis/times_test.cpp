#include "packets/synthesis/times.h"

#include <gtest/gtest.h>

#include <limits>

namespace ci::synthesis {
namespace {

using Times = std::vector<Nanos>;

Times rising_of(std::vector<wire::Micros> times) {
    return rising(times);
}

TEST(Times, WhatRisesStaysAsItIs) {
    EXPECT_EQ(rising_of({5, 6, 900}), (Times{5'000, 6'000, 900'000}));
    EXPECT_EQ(rising_of({}), Times());
}

TEST(Times, WhatIsLaterThanTheNextIsMovedBack) {
    EXPECT_EQ(rising_of({10, 500, 20, 20, 30}), (Times{10'000, 18'000, 19'000, 20'000, 30'000}));
}

TEST(Times, NoTimeIsBefore1970OrBeyondWhatCanBeWritten) {
    EXPECT_EQ(rising_of({-7, 0, 0}), (Times{0, 1'000, 2'000}));
    const auto most = std::numeric_limits<wire::Micros>::max();
    const auto least = std::numeric_limits<wire::Micros>::min();
    const auto times = rising_of({least, most, most});
    EXPECT_LT(times[1], times[2]);
    EXPECT_GT(times[1], 8'000'000'000'000'000'000);
    EXPECT_EQ(times[0], 0);
}

TEST(Times, MessagesOfSeveralCallsAreSortedAndKeptApart) {
    std::vector<Sent> all(4);
    const Nanos at[] = {7'000, 9'000, 7'000, 7'500};
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].at = at[i];
        all[i].octets = std::to_string(i);
    }
    keep_apart(all);
    std::string order;
    Times times;
    for (const Sent& one : all) {
        order += one.octets;
        times.push_back(one.at);
    }
    EXPECT_EQ(order, "0231");
    EXPECT_EQ(times, (Times{7'000, 8'000, 9'000, 10'000}));
}

}  // namespace
}  // namespace ci::synthesis
