#include "logs/prefix.h"

#include <gtest/gtest.h>

#include <cstddef>

namespace ci::logs {
namespace {

using namespace std::string_literals;

constexpr auto hour = one_hour;

Calendar calendar(const CivilTime& newest) {
    return {utc(newest), utc, true};
}

const Calendar november = calendar({2026, 11, 28, 12 * hour});

PrefixReader reader() {
    return PrefixReader(november);
}

TEST(Prefix, AStampOfRfc3339WithItsZone) {
    auto read = reader().read(
        "2026-11-21T02:43:15.985155+00:00 localhost kamailio[24341]: INFO: <script>: a|log|b");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->is_stamped);
    EXPECT_EQ(read->time.at, 1'795'228'995'985'155);
    EXPECT_EQ(read->time.resolution, 1);
    EXPECT_FALSE(read->time.zone_unsure);
    EXPECT_EQ(read->host, "localhost");
    EXPECT_EQ(read->program, "kamailio");
    EXPECT_EQ(read->pid, "24341");
    EXPECT_EQ(read->text, "INFO: <script>: a|log|b");
}

TEST(Prefix, EachFormOfAZone) {
    const struct {
        std::string_view stamp;
        wire::Micros at, resolution;
    } cases[] = {
        {"2026-11-21T02:43:15Z", 1'795'228'995'000'000, 1'000'000},
        {"2026-11-21t02:43:15z", 1'795'228'995'000'000, 1'000'000},
        {"2026-11-21T02:43:15.9+01:00", 1'795'225'395'900'000, 100'000},
        {"2026-11-21T02:43:15.98-0330", 1'795'241'595'980'000, 10'000},
        {"2026-11-21T02:43:15.985155123+05:45", 1'795'208'295'985'155, 1},
        {"2026-11-20T22:43:15,985-04", 1'795'228'995'985'000, 1'000},
        {"2026-11-21T02:43:60+00:00", 1'795'229'040'000'000, 1'000'000},
        {"2026-11-21T02:43:15.+00:00", 1'795'228'995'000'000, 1'000'000},
    };
    for (const auto& c : cases) {
        auto read = reader().read(std::string(c.stamp) + " h kamailio[1]: x");
        ASSERT_TRUE(read) << c.stamp;
        EXPECT_EQ(read->time.at, c.at) << c.stamp;
        EXPECT_EQ(read->time.resolution, c.resolution) << c.stamp;
        EXPECT_FALSE(read->time.zone_unsure) << c.stamp;
    }
}

TEST(Prefix, WithoutAZoneItIsTheCollectors) {
    auto east = november;
    east.to_unix = [](const CivilTime& time) { return utc(time) - 2 * hour; };
    PrefixReader read(east);
    for (const auto stamp : {"2026-11-21T02:43:15", "2026-11-21 02:43:15", "Nov 21 02:43:15"}) {
        const auto prefix = read.read(stamp + " h kamailio[1]: x"s);
        ASSERT_TRUE(prefix) << stamp;
        EXPECT_EQ(prefix->time.at, 1'795'228'995'000'000 - 2 * hour) << stamp;
        EXPECT_TRUE(prefix->time.zone_unsure);
    }
    const auto told = read.read("2026-11-21T02:50:15Z h kamailio[1]: x");
    EXPECT_EQ(told->time.at, 1'795'229'415'000'000) << "the hour's beginning in the other zone";
    east.zone_unsure = false;
    read.set(east);
    EXPECT_FALSE(read.read("Nov 21 02:43:15 h kamailio[1]: x")->time.zone_unsure);
}

TEST(Prefix, AStampOfRfc3164) {
    auto read = reader().read("Nov 21 02:43:15 kamailio[24341]: INFO: x");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->time.at, 1'795'228'995'000'000);
    EXPECT_EQ(read->time.resolution, 1'000'000);
    EXPECT_EQ(read->host, "") << "Kazoo's documentation has none";
    EXPECT_EQ(read->text, "INFO: x");
    EXPECT_EQ(reader().read("Nov 21 02:43:15.5 h k[1]: x")->time.at, 1'795'228'995'500'000)
        << "journalctl -o short-precise";
    EXPECT_EQ(reader().read("Oct  4 20:58:22 h k: x")->time.at,
              utc({2026, 10, 4, 20 * hour}) + 58 * hour / 60 + 22'000'000);
    EXPECT_EQ(reader().read("Oct 4 20:00:00 h k: x")->time.at, utc({2026, 10, 4, 20 * hour}));
    EXPECT_EQ(reader().read("Oct 04 20:00:00 h k: x")->time.at, utc({2026, 10, 4, 20 * hour}));
}

TEST(Prefix, TheYearIsTheNewestThatIsNotMoreThanADayAhead) {
    const struct {
        CivilTime newest;
        std::string_view stamp;
        CivilTime expected;
    } cases[] = {
        {{2026, 1, 2, 0}, "Dec 31 23:00:00", {2025, 12, 31, 23 * hour}},
        {{2026, 12, 31, 23 * hour}, "Jan  1 00:00:00", {2027, 1, 1, 0}},
        {{2026, 12, 30, 23 * hour}, "Jan  1 00:00:00", {2026, 1, 1, 0}},
        {{2026, 11, 28, 0}, "Nov 29 00:00:00", {2026, 11, 29, 0}},
        {{2026, 11, 28, 0}, "Nov 29 01:00:00", {2025, 11, 29, hour}},
        {{2028, 2, 29, 0}, "Feb 29 00:00:00", {2028, 2, 29, 0}},
        {{2027, 3, 1, 0}, "Feb 29 00:00:00", {2024, 2, 29, 0}},
        {{2103, 3, 1, 0}, "Feb 29 00:00:00", {2096, 2, 29, 0}},
        {{1969, 12, 30, 0}, "Dec 29 01:00:00", {1969, 12, 29, hour}},
    };
    for (const auto& c : cases) {
        PrefixReader read(calendar(c.newest));
        const auto prefix = read.read(std::string(c.stamp) + " h k[1]: x");
        ASSERT_TRUE(prefix) << c.stamp;
        EXPECT_EQ(prefix->time.at, utc(c.expected)) << c.stamp << " before " << c.newest.year;
    }
}

TEST(Prefix, ALogThatIsFollowedPassesTheYearsTurn) {
    PrefixReader read(calendar({2026, 12, 20, 0}));
    EXPECT_EQ(read.read("Dec 20 00:00:00 h k[1]: x")->time.at, utc({2026, 12, 20, 0}));
    read.reach(utc({2027, 1, 1, 0}));
    EXPECT_EQ(read.read("Jan  1 00:00:00 h k[1]: x")->time.at, utc({2027, 1, 1, 0}));
    read.reach(utc({2028, 1, 1, 0}));
    EXPECT_EQ(read.read("Jan  1 00:00:00 h k[1]: x")->time.at, utc({2028, 1, 1, 0}));
}

TEST(Prefix, TheZoneIsAskedOncePerHour) {
    int calls = 0;
    auto counting = november;
    counting.to_unix = [&](const CivilTime& time) {
        ++calls;
        return utc(time);
    };
    PrefixReader read(counting);
    for (int minute = 10; minute < 60; ++minute) {
        const auto stamp = "Nov 21 02:" + std::to_string(minute);
        EXPECT_EQ(read.read(stamp + ":15 h k[1]: x")->time.at,
                  utc({2026, 11, 21, 2 * hour}) + minute * hour / 60 + 15'000'000);
        EXPECT_FALSE(read.read("a line between that has no stamp"));
    }
    EXPECT_EQ(calls, 1);
}

TEST(Prefix, HostAndProgram) {
    auto read = reader().read("Nov 21 02:43:15 2001:db8::1 /usr/sbin/kamailio[7]:  INFO: x");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->host, "2001:db8::1");
    EXPECT_EQ(read->program, "/usr/sbin/kamailio");
    EXPECT_EQ(read->text, "INFO: x") << "two blanks";
    EXPECT_EQ(reader().read("Nov 21 02:43:15 h freeswitch[7]:    Via: x")->text, "   Via: x")
        << "a blank, and three of sofia's";
    EXPECT_EQ(reader().read("Nov 21 02:43:15 h freeswitch[7]:     Via: x")->text, "   Via: x");
    EXPECT_EQ(reader().read("Nov 21 02:43:15 h freeswitch[7]:")->text, "");
    EXPECT_EQ(reader().read("Nov 21 02:43:15 h kamailio: x")->pid, "");
}

TEST(Prefix, StderrHasAProcessNumberAndNoStamp) {
    auto read = reader().read(" 3(24341) INFO: <script>: x");
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->is_stamped);
    EXPECT_EQ(read->pid, "24341");
    EXPECT_EQ(read->text, "INFO: <script>: x");
    read = reader().read("2026-11-21T02:43:15Z 13(24341) INFO: <script>: x");
    ASSERT_TRUE(read) << "a container's log with stamps";
    EXPECT_EQ(read->time.at, 1'795'228'995'000'000);
    EXPECT_EQ(read->text, "INFO: <script>: x");
}

TEST(Prefix, WhatIsNone) {
    for (const std::string_view line :
         {"",
          " ",
          "x",
          "INFO: <script>: x",
          "Nov 21 02:43:15",
          "Nov 21 02:43:15 ",
          "Nov 21 02:43:15 host",
          "Nov 21 02:43:15 host text",
          "Nov 21 02:43 h k: x",
          "Nov 32 02:43:15 h k: x",
          "Nov  0 02:43:15 h k: x",
          "Feb 30 02:43:15 h k: x",
          "ovN 21 02:43:15 h k: x",
          "Nov21 02:43:15 h k: x",
          "Nov 21 24:43:15 h k: x",
          "Nov 21 02:60:15 h k: x",
          "Nov 21 02:43:61 h k: x",
          "Nov 21 02:43:15h k: x",
          "No",
          "2026-02-29T02:43:15Z h k: x",
          "2026-13-01T02:43:15Z h k: x",
          "2026-00-01T02:43:15Z h k: x",
          "2026-01-00T02:43:15Z h k: x",
          "0000-01-01T02:43:15Z h k: x",
          "2026-11-21T02:43:15+1 h k: x",
          "2026-11-21T02:43:15+24:00 h k: x",
          "2026-11-21T02:43:15+01: h k: x",
          "2026-11-21T02:43:15+01:60 h k: x",
          "2026-11-21T02:43:15Zh k: x",
          "3() x",
          "(3) x",
          "a(3) x",
          "3(b) x",
          "Nov 21 02:43:15 h : x",
          "Nov 21 02:43:15 h k]: x",
          "2026-11-21 02:28:29.875042 98.50% [DEBUG] sofia.c:1234 text"}) {
        EXPECT_FALSE(reader().read(line)) << line;
    }
}

TEST(Prefix, EscapedControlCharacters) {
    EXPECT_EQ(unescaped("a#012b#011c#177d#000e"), "a\nb\tc\177d\0e"s);
    EXPECT_EQ(unescaped("#01 #0123 ##012 #040 #200 #777 #8 #"), "#01 \n3 #\n #040 #200 #777 #8 #");
    EXPECT_EQ(unescaped(""), "");
}

}  // namespace
}  // namespace ci::logs
