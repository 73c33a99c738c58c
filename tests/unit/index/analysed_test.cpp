// Findings in the index: what is due, what is kept, and what a search asks for itself.
#include "index/analysed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "index/indexed_store.h"

namespace ci::index {
namespace {

using Ids = std::vector<std::string>;
using test::IndexedStore;
using test::start_of_cases;

constexpr wire::Micros second = 1'000'000, long_after = start_of_cases + 86'400 * second;

void tell_call(IndexedStore& calls, const std::string& id) {
    calls.tell(id, "at=0 is=INVITE");
    calls.tell(id, "at=900 is=486");
    calls.tell(id, "at=910 is=ACK");
}

Ids due(IndexedStore& calls, wire::Micros now = long_after) {
    Ids ids;
    for (const Due& one : calls.index().due(now, 1'000)) ids.push_back(one.call_id);
    return ids;
}

/// Gives each dialogue that is due these codes.
void analyse(IndexedStore& calls, const std::vector<std::string>& codes) {
    std::vector<Analysed> batch;
    for (Due& one : calls.index().due(long_after, 1'000)) {
        batch.push_back({std::move(one.file), one.last_seq, codes});
    }
    calls.index().analysed(std::move(batch));
    EXPECT_TRUE(calls.wait_for([&] { return calls.index().count_due(long_after).dialogues == 0; }));
}

/// What a search finds, and the dialogues that it analysed itself: each has a loop.
std::pair<Ids, Ids> asked(IndexedStore& calls, const std::string& text) {
    const auto expression = calls::parse_expression(text, {start_of_cases, {}});
    std::pair<Ids, Ids> both;
    for (const auto& row : calls.index()
                               .search(*expression, 1'000,
                                       [&](calls::Row& row) {
                                           both.second.push_back(row.call_id());
                                           row.set_findings({"loop"});
                                       })
                               .rows) {
        both.first.push_back(row.call_id());
    }
    std::sort(both.first.begin(), both.first.end());  // all began at the same time
    std::sort(both.second.begin(), both.second.end());
    return both;
}

using Both = std::pair<Ids, Ids>;

TEST(Analysed, IsDueOnceItHasEndedOrRests) {
    IndexedStore calls;
    tell_call(calls, "ended");
    calls.tell("rings", "at=0 is=INVITE");
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_EQ(due(calls, start_of_cases + 2 * second), Ids());
    EXPECT_EQ(due(calls, start_of_cases + 4 * second), Ids({"ended"}));
    EXPECT_EQ(due(calls, start_of_cases + 39 * second), Ids({"ended"}));
    EXPECT_EQ(due(calls, start_of_cases + 41 * second), Ids({"rings", "ended"}));
    const DueCount count = calls.index().count_due(long_after);
    EXPECT_EQ(count.dialogues, 2U);
    ASSERT_TRUE(count.oldest);
    EXPECT_LT(*count.oldest, start_of_cases + 4 * second);
}

TEST(Analysed, RestsLongerTheMoreThereIsToRead) {
    calls::Row row("call@example.com");
    const auto tell = [&](int i) {
        row.take(test::chunk_of(test::read_expected("at=" + std::to_string(i * 1'000) +
                                                    " is=REGISTER number=" + std::to_string(i))));
    };
    tell(0);
    EXPECT_LT(due_from(row), row.last() + 41 * second);
    for (int i = 1; i < 1'000; ++i) tell(i);
    EXPECT_GT(due_from(row), row.last() + 60 * second) << "or it is read again at each refresh";
}

TEST(Analysed, IsFoundWithoutBeingAnalysedAgain) {
    IndexedStore calls;
    for (const char* id : {"a", "b"}) tell_call(calls, id);
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_EQ(asked(calls, "finding=no_ack"), Both(Ids(), {"a", "b"})) << "nobody knows";
    analyse(calls, {"no_ack", "refused"});
    EXPECT_EQ(due(calls), Ids());
    EXPECT_EQ(asked(calls, "finding=no_ack"), Both({"a", "b"}, Ids()));
    EXPECT_EQ(asked(calls, "finding=loop"), Both());
    EXPECT_EQ(asked(calls, "finding!=loop status=486"), Both({"a", "b"}, Ids()));
    const auto row = calls.ask("call=a").rows.at(0);
    EXPECT_EQ(row.findings(), Ids({"no_ack", "refused"}));
    EXPECT_TRUE(row.has_findings());
    calls.restart();
    EXPECT_EQ(asked(calls, "finding=refused"), Both({"a", "b"}, Ids()));
}

TEST(Analysed, ThatGrowsIsAnalysedAgain) {
    IndexedStore calls;
    for (const char* id : {"a", "b"}) tell_call(calls, id);
    ASSERT_TRUE(calls.wait_settled());
    analyse(calls, {"no_ack"});
    calls.tell("a", "at=1400 is=486");
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_FALSE(calls.ask("call=a").rows.at(0).has_findings());
    EXPECT_EQ(asked(calls, "finding=no_ack"), Both({"b"}, {"a"})) << "it has a loop by now";
    EXPECT_EQ(due(calls), Ids({"a"}));
    analyse(calls, {});
    EXPECT_EQ(asked(calls, "finding=no_ack"), Both({"b"}, Ids()));
}

TEST(Analysed, BeforeItsLastLineIsAnalysedAgain) {
    IndexedStore calls;
    tell_call(calls, "a");
    ASSERT_TRUE(calls.wait_settled());
    auto all = calls.index().due(long_after, 1);
    ASSERT_EQ(all.size(), 1U);
    calls.tell("a", "at=1400 is=486");
    ASSERT_TRUE(calls.wait_settled());
    calls.index().analysed({{all[0].file, all[0].last_seq, Ids({"no_ack"})}});
    EXPECT_TRUE(calls.wait_for([&] { return due(calls) == Ids({"a"}); }));
    EXPECT_EQ(calls.ask("call=a").rows.at(0).findings(), Ids());
}

TEST(Analysed, WaitsIfNothingCanBeSaidYet) {
    IndexedStore calls;
    tell_call(calls, "a");
    ASSERT_TRUE(calls.wait_settled());
    auto all = calls.index().due(long_after, 1);
    ASSERT_EQ(all.size(), 1U);
    const wire::Micros again = long_after + 10 * second;
    calls.index().analysed({{all[0].file, all[0].last_seq, std::nullopt, again}});
    EXPECT_TRUE(calls.wait_for([&] { return calls.index().count_due(long_after).dialogues == 0; }));
    EXPECT_EQ(due(calls, again), Ids({"a"}));
    EXPECT_EQ(asked(calls, "finding=loop"), Both({"a"}, {"a"})) << "who asks is answered now";
}

TEST(Analysed, OfRowsThatAreMadeAnewIsNoNews) {
    IndexedStore calls;
    tell_call(calls, "old");
    ASSERT_TRUE(calls.wait_settled());
    const auto file = calls.root() / relative_of(calls.index().due(long_after, 1).at(0).file);
    std::filesystem::last_write_time(
        file, std::filesystem::last_write_time(file) - std::chrono::minutes(5));
    EXPECT_TRUE(calls.index().rebuild());
    ASSERT_TRUE(calls.wait_settled());
    tell_call(calls, "new");
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_EQ(due(calls), Ids({"new", "old"})) << "what somebody may wait for comes first";
    EXPECT_GT(calls.index().count_due(long_after).oldest.value_or(0), start_of_cases);
    auto& changes = calls.index().changes();
    const auto from = changes.next();
    analyse(calls, {"no_ack"});
    const auto told = changes.since(from, 1'000).changes;
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0]->call_id, "new");
    const auto after = calls::Row::from_bytes("new", told[0]->after);
    ASSERT_TRUE(after);
    EXPECT_TRUE(after->has_findings());
    EXPECT_EQ(asked(calls, "finding=no_ack"), Both({"new", "old"}, Ids()));
}

TEST(Analysed, ByAnotherVersionIsAnalysedAgain) {
    IndexedStore calls;
    tell_call(calls, "a");
    ASSERT_TRUE(calls.wait_settled());
    analyse(calls, {"no_ack"});
    calls.analysis = "another";
    calls.restart();
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_EQ(asked(calls, "finding=no_ack"), Both(Ids(), {"a"}));
    auto& changes = calls.index().changes();
    const auto from = changes.next();
    analyse(calls, {"no_ack"});
    EXPECT_TRUE(changes.since(from, 1'000).changes.empty()) << "it is no news";
    EXPECT_EQ(asked(calls, "finding=no_ack"), Both({"a"}, Ids()));
}

}  // namespace
}  // namespace ci::index
