#include "sources/senders.h"

#include <gtest/gtest.h>

namespace {

using namespace ci;

const sources::Origin origin{.peer = *wire::parse_address("192.0.2.1")};
constexpr std::string_view parser = "10.0.0.1:9060";

chunk::Draft draft(std::string_view observer, wire::Micros timestamp, wire::Micros arrival) {
    chunk::Draft result;
    result.observer = observer;
    result.timestamp = timestamp;
    result.ref_timestamp = arrival;
    return result;
}

void note(sources::Senders& senders, const chunk::Draft& one) {
    senders.note(std::span(&one, 1), std::span(&origin, 1), parser);
}

TEST(Senders, AreToldApartAsObserversAre) {
    sources::Senders senders;
    auto named = draft("192.0.2.1#7/edge/1@10.0.0.1:9060", 5, 1'000);
    named.capture_id = 7;
    const auto bare = draft("192.0.2.1@10.0.0.1:9060", 5, 2'000);
    for (int i = 0; i < 3; ++i) note(senders, named);
    note(senders, bare);
    const auto views = senders.views();
    ASSERT_EQ(views.size(), 2U);
    EXPECT_EQ(views[0].address, origin.peer);
    EXPECT_EQ(views[0].capture_id, 7U);
    EXPECT_EQ(views[0].agent_name, "edge/1");
    EXPECT_EQ(views[0].received, 3U);
    EXPECT_EQ(views[0].last_seen, 1'000);
    EXPECT_EQ(views[1].capture_id, std::nullopt);
    EXPECT_EQ(views[1].agent_name, "");
    EXPECT_EQ(senders.overflow(), 0U);
}

TEST(Senders, ClocksAreMeasuredByTheMedianOfTheNewest) {
    sources::Senders senders;
    constexpr wire::Micros slow = -3'200'000;
    for (int i = 0; i < 100; ++i) {
        const bool is_late = i % 3 == 0;  // a delayed message tells nothing about the clock
        note(senders, draft("a", 10'000'000 + slow - (is_late ? 5'000'000 : i), 10'000'000));
    }
    EXPECT_NEAR(static_cast<double>(*senders.views()[0].clock_offset), slow, 200);
    for (int i = 0; i < 31; ++i) note(senders, draft("a", 10'000'500, 10'000'000));
    EXPECT_EQ(senders.views()[0].clock_offset, 500) << "its clock was set right";
}

TEST(Senders, WithoutAClockHaveNoOffset) {
    sources::Senders senders;
    auto timeless = draft("a", 1, 1);
    timeless.flags.set(chunk::Flag::no_clock);
    auto broken = draft("a", 1, 1);
    broken.flags.set(chunk::Flag::bad_time);
    note(senders, timeless);
    note(senders, broken);
    EXPECT_EQ(senders.views()[0].clock_offset, std::nullopt);
    EXPECT_EQ(senders.views()[0].received, 2U);
}

TEST(Senders, ThatStampByTwoClocksInTurnsShareAnId) {
    sources::Senders senders;
    constexpr wire::Micros other = 3'600'000'000;
    for (int i = 0; i < 20; ++i) {
        note(senders, draft("a", 10'000'000 + (i % 2 == 0 ? other : 0) - i, 10'000'000));
        note(senders, draft("late", 10'000'000 - (i > 15 ? 5'000'000 : 0) - i, 10'000'000));
        note(senders, draft("uneven", 10'000'000 - i % 5 * 1'000'000, 10'000'000));
    }
    const auto views = senders.views();
    EXPECT_NEAR(static_cast<double>(views[0].clocks_apart), other, 100);
    EXPECT_EQ(views[1].clocks_apart, 0) << "a link that got slow";
    EXPECT_EQ(views[2].clocks_apart, 0) << "a link that is now fast and now slow";
}

TEST(Senders, TheirLongestSilenceIsKept) {
    sources::Senders senders;
    for (const wire::Micros at : {1'000, 2'000, 9'000, 10'000}) note(senders, draft("a", at, at));
    EXPECT_EQ(senders.views()[0].longest_silence, 7'000);
}

TEST(Senders, AreBounded) {
    sources::Senders senders;
    for (std::size_t i = 0; i < sources::Senders::most + 5; ++i) {
        const auto name = std::to_string(i);
        note(senders, draft(name, 1, 1));
    }
    note(senders, draft("0", 1, 1));
    EXPECT_EQ(senders.views().size(), sources::Senders::most);
    EXPECT_EQ(senders.overflow(), 5U);
    EXPECT_EQ(senders.views()[0].received, 2U);

    sources::Senders others;
    const std::string endless(sources::Senders::longest_name + 1, 'x');
    note(others, draft(endless, 1, 1));
    EXPECT_TRUE(others.views().empty());
    EXPECT_EQ(others.overflow(), 1U);
}

}  // namespace
