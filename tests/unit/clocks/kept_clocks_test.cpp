#include "clocks/kept_clocks.h"

#include <gtest/gtest.h>

namespace ci::clocks {
namespace {

using clocks::ClockTable;

constexpr wire::Micros started = 1'800'000'000'123'457;

ClockTable learnt() {
    ClockTable table;
    for (int i = 0; i < 50; ++i) {
        const wire::Micros now = started + i * 1'000'000;
        table.arrived("10.0.0.1#1/\xfcml\"aut", now + 3'000'017, now + 900 + i);
        table.seen_by_both({"a", now, now}, {"b", now + 77 + i, now});
    }
    return table;
}

TEST(KeptClocks, ComeBackAsTheyWere) {
    const auto rows = learnt().rows();
    const auto text = to_text(rows);
    const auto kept = read_clocks(text, 0);
    EXPECT_EQ(kept.skipped, 0U);
    ASSERT_EQ(kept.rows.size(), rows.size());
    EXPECT_EQ(to_text(kept.rows), text);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(kept.rows[i].to, rows[i].to);
        const wire::Micros later = started + 100'000'000;
        EXPECT_EQ(kept.rows[i].track.at(later), rows[i].track.at(later));
    }
}

TEST(KeptClocks, OfLongAgoAreForgotten) {
    const auto text = to_text(learnt().rows());
    EXPECT_TRUE(read_clocks(text, started + 50 * 1'000'000LL).rows.empty());
}

TEST(KeptClocks, OfAFileWithoutDelaysAreRead) {
    const std::string old =
        R"({"from":"a","to":"","count":5,"origin":1,"base":2,"since":3,"last":4,"weight":5.0,)"
        R"("time":0.0,"value":0.0,"time_spread":0.0,"slope":0.0,"deviation":0.0})";
    const auto kept = read_clocks(old + "\n", 0);
    EXPECT_EQ(kept.skipped, 0U);
    ASSERT_EQ(kept.rows.size(), 1U);
    EXPECT_TRUE(kept.rows[0].delays.kept_slots().empty());
}

TEST(KeptClocks, OfDelaysThatAreNoneAreSkipped) {
    const auto text = to_text(learnt().rows());
    const auto begin = text.find("\"delays\":") + 9;
    const auto end = text.find(",\"falls\"");
    ASSERT_LT(begin, end);
    for (const std::string bad : {"1", "[1]", "[[1,2,3]]", "[[1,2,3,\"4\"]]", "[[1,2,3,1.5]]",
                                  "[[1,2,3,9223372036854775807]]"}) {
        auto broken = text;
        broken.replace(begin, end - begin, bad);
        EXPECT_EQ(read_clocks(broken, 0).skipped, 1U) << bad;
    }
    // More than fit: the newest stay.
    std::string many = "[";
    for (int i = 0; i < 1'000; ++i) many += "[" + std::to_string(i) + ",0,0,0],";
    many.back() = ']';
    auto longer = text;
    longer.replace(begin, end - begin, many);
    const auto kept = read_clocks(longer, 0);
    EXPECT_EQ(kept.skipped, 0U);
    ASSERT_EQ(kept.rows[0].delays.kept_slots().size(), Delays::slots);
    EXPECT_EQ(kept.rows[0].delays.kept_slots().back().at, 999);
}

TEST(KeptClocks, OfLinesThatAreNoneTheOthersAreRead) {
    const auto text = to_text(learnt().rows());
    const auto rows = read_clocks(text, 0).rows.size();
    for (const std::string bad : {"x", "{}", "[]", "\xff\xfe", R"({"from":"a","to":"","count":-1})",
                                  R"({"from":"a","to":"","count":1,"origin":1e300})"}) {
        const auto kept = read_clocks(bad + "\n" + text, 0);
        EXPECT_EQ(kept.skipped, 1U) << bad;
        EXPECT_EQ(kept.rows.size(), rows) << bad;
    }
    EXPECT_EQ(read_clocks(text.substr(0, text.size() - 3), 0).skipped, 1U) << "torn";
    const auto number = text.find("\"weight\":") + 9;
    std::string huge = text;
    huge.replace(number, text.find(',', number) - number, "1e40");
    EXPECT_EQ(read_clocks(huge, 0).skipped, 1U) << "greater than any that was written";
}

}  // namespace
}  // namespace ci::clocks
