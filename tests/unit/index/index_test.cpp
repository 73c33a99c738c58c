// The index beside a real store: what is stored is found, what is gone is not, whatever happens to
// the database in between.
#include "index/index.h"

#include <gtest/gtest.h>

#include <fstream>

#include "index/database.h"
#include "index/indexed_store.h"
#include "store/disk/path.h"

namespace ci::index {
namespace {

using Ids = std::vector<std::string>;
using test::IndexedStore;

void tell_call(IndexedStore& calls, const std::string& id, const std::string& from) {
    calls.tell(id, "at=0 is=INVITE from=<sip:" + from + "@example.com>");
    calls.tell(id, "at=900 is=180 from=<sip:" + from + "@example.com>");
    calls.tell(id, "at=3000 is=200 from=<sip:" + from + "@example.com>");
}

TEST(Index, FindsACallWhileItGoesOn) {
    IndexedStore calls;
    calls.tell("a", "at=0 is=INVITE");
    EXPECT_TRUE(calls.wait_found("from=alice", {"a"}));
    EXPECT_EQ(calls.found("status=200"), Ids());
    calls.tell("a", "at=900 is=180");
    calls.tell("a", "at=3000 is=200");
    EXPECT_TRUE(calls.wait_found("status=200 from=alice", {"a"}));
    calls.tell("b", "at=5000 is=INVITE");
    EXPECT_TRUE(calls.wait_found("from=alice", {"b", "a"})) << "the newest first";
    EXPECT_EQ(calls.found("from=alice", 1), Ids({"b"}));
    EXPECT_EQ(calls.found(""), Ids({"b", "a"}));
    EXPECT_EQ(calls.ask("from=alice").incomplete, "");
    EXPECT_EQ(calls.index().stats().dialogues, 2U);
}

TEST(Index, LeavesNoTraceBeforeTheFirstMessage) {
    IndexedStore calls;
    EXPECT_EQ(calls.found("from=alice"), Ids());
    EXPECT_EQ(calls.ask("from=alice").incomplete, "");
    EXPECT_FALSE(std::filesystem::exists(calls.root()));
}

TEST(Index, GoesOnAfterARestart) {
    IndexedStore calls;
    calls.tell("a", "at=0 is=INVITE");
    calls.tell("b", "at=1 is=REGISTER");
    calls.restart();
    EXPECT_TRUE(calls.wait_found("from=alice", {"a"}));
    calls.tell("a", "at=900 is=486");
    EXPECT_TRUE(calls.wait_found("from=alice status=486 outcome=busy", {"a"}));
    EXPECT_EQ(calls.ask("call=a").rows.at(0).messages(), 2U) << "none twice";
    EXPECT_EQ(calls.found("kind=registration"), Ids({"b"}));
}

TEST(Index, CatchesUpWithWhatWasStoredWithoutIt) {
    IndexedStore calls;
    tell_call(calls, "a", "alice");
    ASSERT_TRUE(calls.wait_settled());
    calls.stop();
    calls.start(false);
    calls.tell("a", "at=60000 is=BYE number=2 to_tag=t");
    tell_call(calls, "b", "bob");
    calls.restart();
    EXPECT_TRUE(calls.wait_found("from=bob", {"b"}));
    EXPECT_TRUE(calls.wait_found("method=BYE", {"a"}));
    EXPECT_EQ(calls.ask("call=a").rows.at(0).messages(), 4U);
}

TEST(Index, ReadsWhatItCouldNotKeepUpWith) {
    IndexedStore calls;
    calls.stop();
    calls.room.bytes = 600;  // less than two lines
    calls.room.files = 3;
    calls.start();
    for (int i = 0; i < 50; ++i) tell_call(calls, "call" + std::to_string(i), "alice");
    ASSERT_TRUE(calls.wait_settled());
    const auto rows = calls.ask("from=alice status=200").rows;
    EXPECT_EQ(rows.size(), 50U);
    for (const auto& row : rows) EXPECT_EQ(row.messages(), 3U) << row.call_id();
}

TEST(Index, ForgetsWhatIsRemoved) {
    IndexedStore calls;
    for (const char* id : {"a", "b", "c", "d"}) tell_call(calls, id, "alice");
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_EQ(calls.found("from=alice").size(), 4U);
    for (const auto& one : calls.index().due(INT64_MAX - 1, 10)) {
        calls.index().analysed({{one.file, one.last_seq, Ids({"no_ack"})}});
    }
    EXPECT_TRUE(calls.wait_for([&] { return calls.found("finding=no_ack").size() == 4; }));
    std::filesystem::remove(calls.root() / store::relative_path("a"));
    EXPECT_EQ(calls.found("call=a"), Ids()) << "at once, although nobody told the index";
    EXPECT_FALSE(calls.store().flush("b").error);
    EXPECT_EQ(calls.found("call=b"), Ids());
    EXPECT_TRUE(calls.wait_for([&] { return calls.index().stats().dialogues == 2; }));
    EXPECT_FALSE(calls.store().flush().error);
    EXPECT_EQ(calls.found("from=alice"), Ids());
    EXPECT_TRUE(calls.wait_for([&] { return calls.index().stats().dialogues == 0; }));
    Database database(calls.database().string(), Database::Access::reads);
    for (const char* table : {"users", "endpoints", "agents", "keys", "findings"}) {
        EXPECT_EQ(database.number(("SELECT count(*) FROM " + std::string(table)).c_str()), 0)
            << table;
    }
}

TEST(Index, BeginsAnewWithARotatedFile) {
    IndexedStore calls;
    tell_call(calls, "a", "alice");
    ASSERT_TRUE(calls.wait_settled());
    std::filesystem::remove(calls.root() / store::relative_path("a"));
    calls.tell("a", "at=60000 is=BYE number=2 to_tag=t");
    EXPECT_TRUE(calls.wait_found("method=BYE", {"a"}));
    const auto row = calls.ask("call=a").rows.at(0);
    EXPECT_EQ(row.messages(), 1U);
    EXPECT_FALSE(row.has_method("INVITE"));
}

TEST(Index, RemovesWhatWasRemovedWhileItDidNotRun) {
    IndexedStore calls;
    tell_call(calls, "a", "alice");
    tell_call(calls, "b", "alice");
    ASSERT_TRUE(calls.wait_settled());
    calls.stop();
    std::filesystem::remove(calls.root() / store::relative_path("a"));
    calls.start();
    EXPECT_TRUE(calls.wait_for([&] { return calls.index().stats().dialogues == 1; }));
    EXPECT_EQ(calls.found("from=alice"), Ids({"b"}));
}

TEST(Index, IsMadeAnewOnDemand) {
    IndexedStore calls;
    for (int i = 0; i < 20; ++i) tell_call(calls, "call" + std::to_string(i), "alice");
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_TRUE(calls.index().rebuild());
    EXPECT_NE(calls.ask("from=alice").incomplete, "") << "told while it is made";
    tell_call(calls, "meanwhile", "alice");
    ASSERT_TRUE(calls.wait_settled());
    const auto answer = calls.ask("from=alice");
    EXPECT_EQ(answer.rows.size(), 21U);
    EXPECT_EQ(answer.incomplete, "");
    for (const auto& row : answer.rows) EXPECT_EQ(row.messages(), 3U);
}

void overwrite(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

TEST(Index, ThatIsDamagedIsMadeAnew) {
    for (const std::string& damage :
         {std::string(), std::string("no database\n"), std::string(8'192, '\xff')}) {
        IndexedStore calls;
        tell_call(calls, "a", "alice");
        ASSERT_TRUE(calls.wait_settled());
        calls.stop();
        overwrite(calls.database(), damage);
        calls.start();
        EXPECT_TRUE(calls.wait_found("from=alice", {"a"})) << damage.size();
        EXPECT_TRUE(calls.wait_settled());
    }
}

TEST(Index, OfAnotherVersionIsMadeAnew) {
    for (const char* change :
         {"PRAGMA user_version = 0", "PRAGMA user_version = 77", "DROP TABLE users",
          "UPDATE facts SET value = 'other rules'", "UPDATE dialogues SET row = x'00', size = 1"}) {
        IndexedStore calls;
        tell_call(calls, "a", "alice");
        ASSERT_TRUE(calls.wait_settled());
        calls.stop();
        Database(calls.database().string(), Database::Access::writes).run(change);
        calls.start();
        EXPECT_TRUE(calls.wait_found("from=alice", {"a"})) << change;
        EXPECT_TRUE(calls.wait_settled()) << change;
    }
}

TEST(Index, ThatIsRemovedWhileItRunsIsMadeAnew) {
    IndexedStore calls;
    tell_call(calls, "a", "alice");
    ASSERT_TRUE(calls.wait_settled());
    std::filesystem::remove_all(calls.database().parent_path());
    tell_call(calls, "b", "alice");
    EXPECT_TRUE(calls.wait_for([&] { return calls.found("from=alice").size() == 2; }));
}

TEST(Index, ThatIsDamagedWhileItRunsIsMadeAnew) {
    IndexedStore calls;
    for (int i = 0; i < 200; ++i) tell_call(calls, "call" + std::to_string(i), "alice");
    ASSERT_TRUE(calls.wait_settled());
    calls.restart();  // what is in the log beside the file is in the file now
    ASSERT_TRUE(calls.wait_settled());
    {
        std::fstream file(calls.database(), std::ios::binary | std::ios::in | std::ios::out);
        const std::string junk(4'096, '\x55');
        for (int page = 1; page < 20; ++page) file.seekp(page * 4'096).write(junk.data(), 4'096);
    }
    calls.restart();
    EXPECT_TRUE(calls.wait_for([&] { return calls.found("from=alice").size() == 200; }));
    EXPECT_TRUE(calls.wait_settled());
}

TEST(Index, WhoseDirectoryCannotBeWrittenHoldsNothingUp) {
    IndexedStore calls;
    calls.stop();
    std::filesystem::create_directories(calls.root());
    overwrite(calls.root() / ".index", "a file in the directory's place");
    calls.start();
    tell_call(calls, "a", "alice");
    EXPECT_TRUE(calls.store().settle(store::Backlog::Clock::now() + std::chrono::minutes(1)));
    EXPECT_TRUE(calls.wait_for([&] { return !calls.index().stats().trouble.empty(); }));
    EXPECT_NE(calls.ask("from=alice").incomplete, "");
    std::filesystem::remove(calls.root() / ".index");
    EXPECT_TRUE(calls.wait_found("from=alice", {"a"})) << "once it can be written";
    EXPECT_TRUE(calls.wait_settled());
    EXPECT_EQ(calls.notices().size(), 2U) << "told once, and once that it is over";
}

TEST(Index, SharesItsDirectoryWithNoOther) {
    IndexedStore calls;
    tell_call(calls, "a", "alice");
    ASSERT_TRUE(calls.wait_settled());
    Options options;
    options.root = calls.root().parent_path() / "other";
    options.directory = calls.database().parent_path();
    std::filesystem::create_directories(options.root);
    Index other(options);
    other.start();
    EXPECT_TRUE(calls.wait_for([&] { return !other.stats().trouble.empty(); }));
    EXPECT_EQ(calls.found("from=alice"), Ids({"a"}));
}

TEST(Index, LeavesMessagesWithoutACallOut) {
    IndexedStore calls;
    calls.tell("@bad/sip_no_call_id", "at=0 is=INVITE");
    calls.tell("a", "at=0 is=INVITE");
    EXPECT_TRUE(calls.wait_found("from=alice", {"a"}));
    calls.restart();
    ASSERT_TRUE(calls.wait_settled());
    EXPECT_EQ(calls.found(""), Ids({"a"}));
}

TEST(Index, AnswersWhatJoiningAsks) {
    IndexedStore calls;
    calls.tell("a", "at=0 is=INVITE");
    calls.tell("a", "at=3000 is=200");
    calls.tell("b", "at=10 is=INVITE X-CID=a");
    calls.tell("c", "at=20 is=REGISTER");
    ASSERT_TRUE(calls.wait_settled());
    const auto look_ups = calls.index().dialogues();
    const auto outline = look_ups->outline("a");
    ASSERT_TRUE(outline);
    EXPECT_TRUE(outline->is_call);
    EXPECT_EQ(outline->start, test::start_of_cases);
    EXPECT_EQ(outline->final_response, test::start_of_cases + 3'000'000);
    EXPECT_TRUE(look_ups->outline("c")->is_registration);
    EXPECT_FALSE(look_ups->outline("nobody"));
    const calls::Key names{calls::Evidence::header, calls::Role::names, "a"};
    const auto keys = look_ups->keys("b");
    const auto shown =
        std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.key == names; });
    ASSERT_NE(shown, keys.end());
    EXPECT_EQ(shown->at, test::start_of_cases + 10'000);
    const auto holders = look_ups->holders(names, 0, test::start_of_cases * 2, 10);
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders.front().call_id, "b");
    EXPECT_EQ(holders.front().place, shown->place);
    EXPECT_TRUE(look_ups->holders(names, 0, test::start_of_cases, 10).empty());
}

}  // namespace
}  // namespace ci::index
