#include "logs/time.h"

#include <gtest/gtest.h>

#include <chrono>

namespace ci::logs {
namespace {

TEST(CivilTime, DaysAreThoseOfTheStandardLibrary) {
    using namespace std::chrono;
    for (auto day = sys_days(year(-401) / 1 / 1); day < sys_days(year(2901) / 1 / 1);
         day += days(1)) {
        const year_month_day date(day);
        const auto number = day.time_since_epoch().count();
        const CivilTime civil = {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()), 0};
        ASSERT_EQ(days_of(civil.year, civil.month, civil.day), number);
        ASSERT_EQ(civil_of_days(number), civil) << number;
    }
}

TEST(CivilTime, UtcCountsFromTheEpoch) {
    EXPECT_EQ(utc({1970, 1, 1, 0}), 0);
    EXPECT_EQ(utc({1969, 12, 31, one_day - 1}), -1);
    EXPECT_EQ(utc({2026, 11, 21, 2 * one_hour}), 1'795'226'400'000'000);
}

}  // namespace
}  // namespace ci::logs
