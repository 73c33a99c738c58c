// What is kept for those who follow, and how much.
#include "index/changes.h"

#include <gtest/gtest.h>

#include "index/indexed_store.h"

namespace ci::index {
namespace {

using namespace std::chrono_literals;

std::vector<Change> changes_of(std::initializer_list<const char*> call_ids) {
    std::vector<Change> all;
    for (const char* call_id : call_ids) all.push_back({call_id, "", "row"});
    return all;
}

std::string told(const Changes::Read& read) {
    std::string text;
    for (const auto& change : read.changes) text += change->call_id;
    return text;
}

TEST(Changes, EachIsReadOnceByEachWhoFollows) {
    Changes changes({});
    const auto first = changes.next();
    changes.add(changes_of({"a", "b"}));
    const auto second = changes.next();
    changes.add(changes_of({"c"}));
    const auto some = changes.since(first, 2);
    EXPECT_EQ(told(some), "ab");
    const auto rest = changes.since(some.next, 2);
    EXPECT_EQ(told(rest), "c");
    EXPECT_EQ(told(changes.since(rest.next, 2)), "");
    EXPECT_EQ(told(changes.since(second, 2)), "c");
    EXPECT_EQ(rest.left_out, 0U);
}

TEST(Changes, WhatThereIsNoRoomForIsCounted) {
    Changes::Room room;
    room.bytes = 1'000;
    Changes changes(room);
    const auto first = changes.next();
    for (int i = 0; i < 1'000; ++i) changes.add(changes_of({"a"}));
    const auto read = changes.since(first, 1'000);
    EXPECT_GT(read.changes.size(), 0U);
    EXPECT_LT(read.changes.size(), 50U);
    EXPECT_EQ(read.left_out + read.changes.size(), 1'000U);
    EXPECT_EQ(changes.since(read.next, 1'000).left_out, 0U) << "it is told once";
}

TEST(Changes, NothingIsKeptForThoseWhoDoNotAsk) {
    Changes::Room room;
    room.unasked = -1ms;  // as if nobody had asked for longer than that
    Changes changes(room);
    const auto first = changes.next();
    changes.add(changes_of({"a", "b"}));
    const auto read = changes.since(first, 10);
    EXPECT_EQ(told(read), "");
    EXPECT_EQ(read.left_out, 2U);
}

TEST(Changes, ANumberOfAnotherRunBeginsAnew) {
    Changes changes({});
    changes.add(changes_of({"a"}));
    for (const Changes::Number number :
         {Changes::Number{0}, Changes::Number{1'000}, ~Changes::Number{0}}) {
        const auto read = changes.since(number, 10);
        EXPECT_TRUE(read.is_another_run);
        EXPECT_EQ(told(read), "");
        EXPECT_EQ(read.left_out, 0U);
        EXPECT_FALSE(changes.since(read.next, 10).is_another_run);
    }
}

/// What a store's messages changed: whether each dialogue was known, and its outcome now.
std::vector<std::string> outcomes(test::IndexedStore& store, Changes::Number from) {
    std::vector<std::string> told;
    for (const auto& change : store.index().changes().since(from, 1'000).changes) {
        const auto row = calls::Row::from_bytes(change->call_id, change->after);
        told.push_back((change->before.empty() ? "new " : "") + change->call_id + " " +
                       std::string(calls::outcome_names[static_cast<std::size_t>(row->outcome())]));
    }
    return told;
}

TEST(Changes, TellWhatIsStoredAndNotWhatIsComparedOrMadeAnew) {
    test::IndexedStore store;
    const auto from = store.index().changes().next();
    using Told = std::vector<std::string>;
    store.tell("a", "at=0 is=INVITE");
    ASSERT_TRUE(store.wait_for([&] { return outcomes(store, from) == Told{"new a in_progress"}; }));
    store.tell("a", "at=10 is=486");
    const Told both{"new a in_progress", "a busy"};
    ASSERT_TRUE(store.wait_for([&] { return outcomes(store, from) == both; }));
    ASSERT_TRUE(store.wait_settled());
    ASSERT_TRUE(store.index().rebuild());
    ASSERT_TRUE(store.wait_settled());
    EXPECT_EQ(outcomes(store, from), both);
}

}  // namespace
}  // namespace ci::index
