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
}

}  // namespace
}  // namespace ci::clocks
