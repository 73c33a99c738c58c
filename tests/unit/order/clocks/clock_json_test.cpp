#include "order/clocks/clock_json.h"

#include <gtest/gtest.h>

namespace ci::order {
namespace {

TEST(ClockJson, ComesBackAsItWas) {
    const ClockPrior prior{"a#1@p", 1'800'000'000'123'456, -3'200'000, 2e-5, 100,
                           0,       1'790'000'000'000'000, 3'100'000};
    const auto again = read_clock(clock_json(prior));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->observer, prior.observer);
    EXPECT_EQ(again->at, prior.at);
    EXPECT_EQ(again->offset, prior.offset);
    EXPECT_EQ(again->drift, prior.drift);
    EXPECT_EQ(again->spread, prior.spread);
    EXPECT_EQ(again->since, prior.since);
    EXPECT_EQ(again->late, prior.late);
}

TEST(ClockJson, OfAPromptObserverIsAsOlderOnesReadIt) {
    const auto json = clock_json({"a", 1, 2, 0, 3, 0, 4, 0});
    EXPECT_EQ(json.find("late"), std::string::npos);
    EXPECT_EQ(read_clock(json)->late, 0);
}

TEST(ClockJson, IsNeverLateByLessThanNothing) {
    EXPECT_EQ(
        read_clock(R"({"observer":"a","at":63962450204,"offset":1,"spread":1,"late":-5})")->late,
        0);
    EXPECT_EQ(
        read_clock(R"({"observer":"a","at":63962450204,"offset":1,"spread":1,"late":"x"})")->late,
        0);
}

}  // namespace
}  // namespace ci::order
