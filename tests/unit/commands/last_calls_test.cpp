// The whole calls that began last, of a real store with its index.
#include "commands/last_calls.h"

#include <gtest/gtest.h>

#include "index/indexed_store.h"

namespace ci::commands {
namespace {

using test::IndexedStore;
using Legs = std::vector<std::string>;

/// The legs of each call, the newest call first.
std::vector<Legs> told(IndexedStore& store, std::size_t n) {
    std::vector<Legs> legs;
    LastCalls last = last_calls(store.index(), n);
    EXPECT_EQ(last.incomplete, "");
    for (LastCall& call : last.calls) {
        EXPECT_EQ(call.first.call_id(), call.legs.front());
        EXPECT_EQ(call.legs_incomplete, "");
        legs.push_back(std::move(call.legs));
    }
    return legs;
}

/// Call n begins n seconds after the first, and its second leg 100 ms later.
void tell_call(IndexedStore& store, int n, const std::string& second_leg_after = "100") {
    const std::string name = std::to_string(n), second = "at=" + name + "000";
    store.tell("a" + name, second + " is=INVITE from=<sip:u" + name + "@example.com>");
    const std::string at = std::to_string(n * 1'000 + std::stoi(second_leg_after));
    store.tell("b" + name, "at=" + at + " is=INVITE hop=2>3 X-CID=a" + name);
}

TEST(LastCalls, ACallIsToldOnceHoweverManyLegsItHas) {
    IndexedStore store;
    for (int n = 1; n <= 5; ++n) tell_call(store, n);
    store.tell("register", "at=9000 is=REGISTER");
    ASSERT_TRUE(store.wait_settled());
    EXPECT_EQ(told(store, 3), (std::vector<Legs>{{"a5", "b5"}, {"a4", "b4"}, {"a3", "b3"}}));
    EXPECT_EQ(told(store, 100).size(), 5U);
}

TEST(LastCalls, ACallStandsWhereItsFirstLegBegan) {
    IndexedStore store;
    tell_call(store, 1, "60000");  // transferred after a minute
    tell_call(store, 2);
    ASSERT_TRUE(store.wait_settled());
    EXPECT_EQ(told(store, 2), (std::vector<Legs>{{"a2", "b2"}, {"a1", "b1"}}));
    EXPECT_EQ(told(store, 1), (std::vector<Legs>{{"a2", "b2"}}));
}

TEST(LastCalls, ManyThatBeginAtOnceAreAllTold) {
    IndexedStore store;
    for (int i = 0; i < 40; ++i) {
        store.tell("c" + std::to_string(i),
                   "at=0 is=INVITE from=<sip:" + std::to_string(i) + "@x>");
    }
    tell_call(store, 1);
    ASSERT_TRUE(store.wait_settled());
    EXPECT_EQ(told(store, 1), (std::vector<Legs>{{"a1", "b1"}}));
    EXPECT_EQ(told(store, 30).size(), 30U);
    EXPECT_EQ(told(store, 1'000).size(), 41U);
}

TEST(LastCalls, ACallWhoseLegsAllBeginAtOnceIsToldWithThemAll) {
    IndexedStore store;
    store.tell("a", "at=0 is=INVITE");
    for (int i = 10; i < 30; ++i) {
        store.tell("b" + std::to_string(i), "at=0 is=INVITE hop=2>3 X-CID=a");
    }
    ASSERT_TRUE(store.wait_settled());
    const auto calls = told(store, 1);
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls[0].size(), 21U);
}

TEST(LastCalls, ALegWhoseFileIsGoneIsNoLeg) {
    IndexedStore store;
    tell_call(store, 1);
    ASSERT_TRUE(store.wait_settled());
    ASSERT_FALSE(store.store().flush("a1").error);
    EXPECT_EQ(told(store, 5), (std::vector<Legs>{{"b1"}}));
}

TEST(LastCalls, BeforeTheFirstMessageThereAreNone) {
    IndexedStore store;
    EXPECT_EQ(told(store, 5), std::vector<Legs>());
}

}  // namespace
}  // namespace ci::commands
