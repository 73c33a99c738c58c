#include "sources/log_place.h"

#include <gtest/gtest.h>

namespace ci::sources {
namespace {

LogPlace some_place() {
    LogPlace place;
    place.file = {2'049, 1'234'567};
    place.beginning = std::string("Nov 21 \xff\0 kamailio", 18);
    place.before = "before";
    place.base = 10;
    place.position = 300;
    place.open = 250;
    place.safe = 200;
    place.untouched = 1'000;
    place.boot = "boot";
    return place;
}

TEST(LogPlace, IsReadAsItWasWritten) {
    const auto place = read_place(to_text(some_place(), "/var/log/\xff.log"));
    ASSERT_TRUE(place);
    EXPECT_EQ(place->file, some_place().file);
    EXPECT_EQ(place->beginning, some_place().beginning);
    EXPECT_EQ(place->before, "before");
    EXPECT_EQ(place->boot, "boot");
    EXPECT_EQ(
        (std::vector{place->base, place->position, place->open, place->safe, place->untouched}),
        (std::vector<std::uint64_t>{10, 300, 250, 200, 1'000}));
}

/// A log is rather read from its beginning again than from a wrong place.
TEST(LogPlace, IsNothingIfItIsDamaged) {
    const std::string text = to_text(some_place(), "/x");
    for (std::size_t size = 0; size + 2 < text.size(); ++size) {
        EXPECT_FALSE(read_place(text.substr(0, size)));
    }
    LogPlace place = some_place();
    place.untouched = place.position - 1;
    EXPECT_FALSE(read_place(to_text(place, "/x")));
    place = some_place();
    place.base = place.safe + 1;
    EXPECT_FALSE(read_place(to_text(place, "/x")));
    EXPECT_FALSE(read_place("[]"));
}

}  // namespace
}  // namespace ci::sources
