// What the store had no room for is stored later, and nothing twice.
#include "inspector/stored_logs.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/temporary_directory.h"

namespace ci::inspector {
namespace {

using namespace std::chrono_literals;

class StoredLogsTest : public testing::Test {
  protected:
    /// Stores as many as there is room for, the last ones first, so that nobody can guess which.
    std::size_t keep(std::span<const chunk::Draft> drafts) {
        const std::size_t n = std::min(room, drafts.size());
        for (const chunk::Draft& draft : drafts.last(n)) {
            std::string line;
            const auto call_id = chunk::append_line(draft, line);
            const store::Line one{line, std::string_view(line).substr(call_id.at, call_id.size)};
            EXPECT_EQ(store.append({&one, 1}).stored, 1U);
        }
        return n;
    }
    static chunk::Draft draft(std::string_view call_id, std::uint64_t position) {
        chunk::Draft one;
        one.call_id = call_id;
        one.parser = "/log";
        one.label = "INVITE sip:b SIP/2.0";
        one.message = "text";
        one.log_position = position;
        return one;
    }

    TemporaryDirectory directory;
    std::size_t room = SIZE_MAX;
    store::Store store{directory.path() / "calls"};
    StoredLogs logs{store, {}, [this](auto drafts, bool /*is_live*/) { return keep(drafts); }, {}};
    std::stop_source stop;
};

TEST_F(StoredLogsTest, WhatFoundNoRoomIsTriedAgain) {
    std::vector<chunk::Draft> drafts;
    for (std::uint64_t i = 0; i < 10; ++i) drafts.push_back(draft(i % 2 != 0 ? "a" : "b", i));
    room = 3;
    EXPECT_TRUE(logs.keep(drafts, false, stop.get_token()));
    EXPECT_EQ(store.read("a").chunks.size(), 5U);
    EXPECT_EQ(store.read("b").chunks.size(), 5U);
    for (const auto& one : drafts) EXPECT_TRUE(logs.has(one));
}

TEST_F(StoredLogsTest, KnowsWhatIsStored) {
    const auto first = draft("a", 7);
    EXPECT_FALSE(logs.has(draft("b", 7)));
    EXPECT_TRUE(logs.keep({&first, 1}, false, stop.get_token()));
    EXPECT_TRUE(logs.has(first));
    EXPECT_FALSE(logs.has(draft("a", 8)));
    auto other = draft("a", 7);
    other.parser = "/other";
    EXPECT_FALSE(logs.has(other));
}

TEST_F(StoredLogsTest, APlaceIsThereAgainAndALogHasItsOwn) {
    EXPECT_EQ(logs.place("/log"), "");
    EXPECT_EQ(logs.set_place("/log", "one"), "");
    EXPECT_EQ(logs.set_place("/log", "two"), "");
    EXPECT_EQ(logs.place("/log"), "two");
    EXPECT_EQ(logs.place("/other"), "");
    EXPECT_TRUE(logs.settle(std::chrono::steady_clock::now() + 20s));
}

}  // namespace
}  // namespace ci::inspector
