// Traps beside a real store and its index, and how they are kept.
#include "inspector/traps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "index/indexed_store.h"

namespace ci::inspector {
namespace {

using Ids = std::vector<std::string>;

wire::Micros in_a_minute() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch() + std::chrono::minutes(1))
        .count();
}

class TrapsTest : public testing::Test {
  protected:
    TrapsTest() {
        store.tell("first", "at=0 is=REGISTER");
        EXPECT_TRUE(store.wait_settled());
        begin();
    }
    void begin() {
        Traps::Options options;
        options.root = store.root();
        options.notice = [](bool, const std::string&) {};
        traps.emplace(std::move(options), store.store(), &store.index());
    }
    std::string set(const std::string& expression, std::size_t count) {
        Trap trap;
        trap.count = count;
        trap.until = in_a_minute();
        return traps->set(*calls::parse_expression(expression, {}), trap);
    }
    void tell_busy(const std::string& id) {
        store.tell(id, "at=0 is=INVITE");
        store.tell(id, "at=10 is=486");
    }
    /// Whether the index has told that the dialogue is over.
    bool is_told(index::Changes::Number from, const std::string& id) {
        const auto read = store.index().changes().since(from, 1'000);
        return std::any_of(read.changes.begin(), read.changes.end(), [&](const auto& change) {
            const auto row = calls::Row::from_bytes(id, change->after);
            return change->call_id == id && row->status() == 486;
        });
    }
    /// Until trap `i` has caught these.
    bool wait_caught(std::size_t i, const Ids& ids) {
        const bool are_caught = store.wait_for([&] { return traps->all().at(i).call_ids == ids; });
        if (!are_caught) EXPECT_EQ(traps->all().at(i).call_ids, ids);
        return are_caught;
    }

    test::IndexedStore store;
    std::optional<Traps> traps;
};

TEST_F(TrapsTest, CatchAsManyAsAreWantedOfThoseThatEndFromNowOn) {
    const auto from = store.index().changes().next();
    tell_busy("before");
    ASSERT_TRUE(store.wait_for([&] { return is_told(from, "before"); }));
    ASSERT_EQ(set("status=486", 2), "");
    store.tell("before", "at=20 is=486");  // sent again
    store.tell("goes on", "at=0 is=INVITE");
    tell_busy("one");
    ASSERT_TRUE(wait_caught(0, {"one"}));
    store.tell("one", "at=20 is=486");  // sent again
    tell_busy("two");
    ASSERT_TRUE(wait_caught(0, {"one", "two"}));
    tell_busy("three");
    ASSERT_EQ(set("call=four", 1), "");
    tell_busy("four");  // once this is seen, so is what came before
    ASSERT_TRUE(wait_caught(1, {"four"}));
    EXPECT_EQ(traps->all().at(0).caught, 2U);
    for (const char* id : {"one", "two", "four"}) EXPECT_TRUE(store.store().is_pinned(id)) << id;
    for (const char* id : {"before", "goes on", "three"}) {
        EXPECT_FALSE(store.store().is_pinned(id)) << id;
    }
}

TEST_F(TrapsTest, PinTheOtherLegsWhichDoNotCount) {
    ASSERT_EQ(set("status=486", 5), "");
    store.tell("a", "at=0 is=INVITE");
    store.tell("b", "at=10 is=INVITE hop=2>3 X-CID=a");
    ASSERT_TRUE(store.wait_settled());
    store.tell("b", "at=20 is=486 hop=3>2");
    ASSERT_TRUE(wait_caught(0, {"b"}));
    EXPECT_TRUE(store.store().is_pinned("a"));
    store.tell("a", "at=30 is=486 hop=2>1");
    tell_busy("c");
    ASSERT_TRUE(wait_caught(0, {"b", "c"}));
}

TEST_F(TrapsTest, WhatOnlyMatchesLaterIsCaughtThen) {
    ASSERT_EQ(set("duration>5", 1), "");
    store.tell("a", "at=0 is=INVITE");
    store.tell("a", "at=1000 is=200");
    ASSERT_TRUE(store.wait_settled());
    EXPECT_EQ(traps->all().at(0).caught, 0U);
    store.tell("a", "at=9000 is=BYE number=2");
    EXPECT_TRUE(wait_caught(0, {"a"}));
}

TEST_F(TrapsTest, AreKept) {
    ASSERT_EQ(set("status=486", 5), "");
    ASSERT_EQ(set("status=404", 5), "");
    tell_busy("a");
    ASSERT_TRUE(wait_caught(0, {"a"}));
    const auto before = traps->all();
    ASSERT_EQ(traps->end(2), "");
    EXPECT_NE(traps->end(2), "");
    begin();
    EXPECT_EQ(traps->all(), std::vector<Trap>{before[0]});
    ASSERT_EQ(set("status=480", 5), "");
    EXPECT_EQ(traps->all().at(1).id, 3U) << "no number comes twice";
    tell_busy("b");
    EXPECT_TRUE(wait_caught(0, {"a", "b"}));
}

TEST(KeptTraps, AreReadAsTheyWereWritten) {
    KeptTraps kept;
    kept.next_id = 9;
    kept.traps.push_back(
        {7, "from=\"J\u00fcrgen\"", 5, 1'795'225'910'000'000, 2, {"a", "b"}, 3, "disk"});
    kept.traps.push_back({8, "status=500-599", 1, 0, 0, {}, 0, ""});
    KeptTraps read;
    EXPECT_TRUE(read_traps(to_text(kept), read));
    EXPECT_EQ(read, kept);
}

TEST(KeptTraps, WhatIsDamagedCostsOnlyItself) {
    for (const char* text : {"", "[]", "{}", "nonsense", "{\"traps\":1}", "{\"traps\":[7]}"}) {
        KeptTraps read;
        EXPECT_FALSE(read_traps(text, read)) << text;
        EXPECT_EQ(read, KeptTraps()) << text;
    }
    KeptTraps kept;
    kept.traps.push_back({7, "from=a", 5, 1, 2, {}, 0, ""});
    std::string text = to_text(kept);
    text.insert(text.find('[') + 1, "{\"id\":-3},");
    KeptTraps read;
    EXPECT_FALSE(read_traps(text, read));
    EXPECT_EQ(read.traps, kept.traps);
    EXPECT_EQ(read.next_id, 8U);
}

}  // namespace
}  // namespace ci::inspector
