#include "ladder/clock_text.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace ci::ladder {
namespace {

TEST(Date, KnowsLeapYearsAndTheTimeBefore1970) {
    constexpr wire::Micros second = 1'000'000;
    EXPECT_EQ(date(0), "1970-01-01");
    EXPECT_EQ(date(-1), "1969-12-31");
    EXPECT_EQ(date(951'782'400 * second), "2000-02-29");
    EXPECT_EQ(date(1'795'225'910 * second), "2026-11-21");
    EXPECT_EQ(date(4'107'542'400 * second), "2100-03-01");
    EXPECT_EQ(time_of_day(1'795'225'910'376'824), "01:51:50.376");
    EXPECT_EQ(time_of_day(-1), "23:59:59.999");
}

TEST(Spans, AreShort) {
    EXPECT_EQ(since_start(0), "0.000");
    EXPECT_EQ(since_start(62'040'900), "62.040");
    EXPECT_EQ(short_span(3'451'000), "3.5 s");
    EXPECT_EQ(short_span(140'200), "140 ms");
    EXPECT_EQ(short_span(-1), "0 ms");
}

struct Worded {
    const char* name;
    order::Clock clock;
    const char* text;
};

const Worded worded[] = {
    {"Common", {"p", 0, 31, true, true}, "the common clock"},
    {"Behind", {"p", -3'200'068, 31, true, false}, "clock 3.200 s behind, from 31 common messages"},
    {"Ahead", {"p", 7'499'600, 1, true, false}, "clock 7.500 s ahead, from 1 common message"},
    {"Hours",
     {"p", 7'384'500'000, 2, true, false},
     "clock 02:03:04.500 ahead, from 2 common messages"},
    {"Days",
     {"p", -1'209'599'000'000, 2, true, false},
     "clock 336 h behind, from 2 common messages"},
    {"From1900",
     {"p", 2'208'988'799'998'000, 7, true, false},
     "clock 613608 h ahead, from 7 common messages"},
    {"AllAhead",
     {"p", 0, 7, true, true, "", 0, {}, 0, 0, 18'000'000'000},
     "the common clock, 05:00:00.000 ahead of the collector's"},
    {"InStep", {"p", 400, 5, true, false}, "clock in step, from 5 common messages"},
    {"NothingInCommon", {"p", 2'000'000, 0, true, false}, "clock 2.000 s ahead, by arrival"},
    {"NoClock", {"p", 0, 3, false, false}, "no clock, order of arrival"},
};

class Describes : public testing::TestWithParam<Worded> {};
TEST_P(Describes, AClock) {
    EXPECT_EQ(describe(GetParam().clock), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(Clocks, Describes, testing::ValuesIn(worded),
                         [](const auto& row) { return row.param.name; });

TEST(Delivery, SaysHowLateReportsCame) {
    using Kind = order::Delivery::Kind;
    EXPECT_EQ(describe({Kind::prompt, 2'000, 149'000}), "");
    EXPECT_EQ(describe({Kind::late, 2'999'800, 3'100'000}), "its reports came 3.000 s late");
    EXPECT_EQ(describe({Kind::batched, 86'390'000'000, 86'400'000'000}),
              "its reports came in batches, up to 24:00:00.000 late");
    EXPECT_EQ(describe({Kind::uneven, 0, 4'200'000}),
              "its reports came unevenly, up to 4.200 s late");
}

}  // namespace
}  // namespace ci::ladder
