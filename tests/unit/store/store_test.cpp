#include "store/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "store/stored.h"

namespace {

using namespace ci;
using namespace ci::test;
namespace fs = std::filesystem;

class StoreTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    store::Store store_{directory_.path() / "root"};

    void append(const std::string& call_id, const std::string& label) {
        EXPECT_EQ(test::append(store_, call_id, label).stored, 1U);
    }
    void shelve(const std::string& call_id, const std::string& label) {
        append(call_id, label);
        settle(store_);
    }
    Labels labels(const std::string& call_id) { return test::labels(store_, call_id); }
    fs::path file(const std::string& call_id) { return file_of(store_, call_id); }
};

TEST(StorePath, IsKazoosSplitOfTheMd5) {
    EXPECT_EQ(store::relative_path("a@b"), "a1/ca/0ed6e42a23f4758e8a3f6b54de58");
}
TEST(StorePath, OfACallIdThatIsNotUtf8IsThatOfItsShownForm) {
    EXPECT_EQ(store::relative_path("m\xfcller"), store::relative_path("m\xc3\xbcller"));
}

TEST_F(StoreTest, NothingIsTouchedBeforeTheFirstAppend) {
    EXPECT_TRUE(labels("a").empty());
    EXPECT_EQ(store_.flush("a").text(), "");
    EXPECT_FALSE(fs::exists(store_.root() / "a1"));
}

TEST_F(StoreTest, KeepsCallsApartAndLinesInOrder) {
    const std::string lines[] = {line_of("a", "one"), line_of("b", "two"), line_of("a", "three")};
    store::Line batch[3];
    for (std::size_t i = 0; i < 3; ++i) batch[i] = {lines[i], store::key_of(lines[i])};
    const auto appended = store_.append(batch);
    EXPECT_EQ(appended.stored, 3U);
    EXPECT_EQ(appended.failed, 0U);
    for (int shelved = 0; shelved < 2; ++shelved) {  // at once, and from the files
        EXPECT_EQ(labels("a"), (Labels{"one", "three"}));
        EXPECT_EQ(labels("b"), (Labels{"two"}));
        EXPECT_TRUE(labels("c").empty());
        settle(store_);
    }
    EXPECT_TRUE(fs::exists(file("a")));
    EXPECT_EQ(store_.counts().shelved, 3U);
}

TEST_F(StoreTest, CallIdsWithQuotesBackslashesAndOtherBytesAreFound) {
    for (const std::string call_id :
         {"say \"hello\"", "back\\slash", "m\xfcller", "tab\t", "\x01"}) {
        append(call_id, "waiting");
        EXPECT_EQ(labels(call_id), (Labels{"waiting"})) << call_id;
        settle(store_);
        EXPECT_TRUE(fs::exists(file(call_id))) << call_id;
        EXPECT_EQ(labels(call_id), (Labels{"waiting"})) << call_id;
    }
}

TEST_F(StoreTest, InCalmNothingStaysInTheJournal) {
    shelve("a", "one");
    const auto journal = store_.root() / store::journal_name;
    const auto segments = [&] {
        return std::count_if(
            fs::directory_iterator(journal), fs::directory_iterator(),
            [](const auto& entry) { return entry.path().extension() == ".jsonl"; });
    };
    const auto deadline = in_a_minute();
    while (segments() > 0 && store::Backlog::Clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(segments(), 0);
    shelve("a", "two");
    EXPECT_EQ(labels("a"), (Labels{"one", "two"}));
}

TEST_F(StoreTest, ALockThatWasRemovedIsThereAgainWithTheNextLine) {
    shelve("a", "one");
    const auto lock = store_.root() / store::journal_name / "lock";
    fs::remove(lock);
    shelve("a", "two");
    EXPECT_TRUE(fs::exists(lock));
    EXPECT_EQ(labels("a"), (Labels{"one", "two"}));
}

TEST_F(StoreTest, ATornLastLineIsSkippedAndEndedByTheNextAppend) {
    shelve("a", "one");
    std::ofstream(file("a"), std::ios::app) << R"({"label":"tor)";
    EXPECT_EQ(labels("a"), (Labels{"one"}));
    append("a", "two");
    EXPECT_EQ(labels("a"), (Labels{"one", "two"})) << "before it is shelved";
    settle(store_);
    const auto dialogue = store_.read("a");
    EXPECT_EQ(labels("a"), (Labels{"one", "two"}));
    EXPECT_EQ(dialogue.skipped, 1U);
    EXPECT_EQ(store_.torn(), 1U);
}

TEST_F(StoreTest, DeletedFilesAndDirectoriesAreMadeAgain) {
    shelve("a", "one");
    fs::remove_all(store_.root());
    shelve("a", "two");
    EXPECT_EQ(labels("a"), (Labels{"two"}));
    EXPECT_TRUE(fs::exists(file("a")));
}

TEST_F(StoreTest, AFileThatWasMovedAwayIsBegunAnew) {
    shelve("a", "one");
    fs::rename(file("a"), directory_.path() / "rotated");
    shelve("a", "two");
    EXPECT_EQ(labels("a"), (Labels{"two"}));
}

TEST_F(StoreTest, OneInspectorPerRoot) {
    shelve("a", "one");
    store::Options impatient;
    impatient.wait_for_predecessor = std::chrono::milliseconds(0);
    EXPECT_THROW(store::Store(store_.root(), impatient), std::runtime_error);
}

TEST_F(StoreTest, FlushForgetsOneCallOrAllAndLeavesTheRest) {
    append("a", "one");
    append("b", "two");
    settle(store_);
    std::ofstream(store_.root() / "notes") << "not a call";
    EXPECT_EQ(store_.flush("a").files, 1U);
    EXPECT_TRUE(labels("a").empty());
    EXPECT_EQ(labels("b"), (Labels{"two"}));
    EXPECT_EQ(store_.flush("a").text(), "") << "flushing an unknown call is no error";
    EXPECT_EQ(store_.flush().files, 1U);
    EXPECT_TRUE(labels("b").empty());
    EXPECT_TRUE(fs::exists(store_.root() / "notes"));
    settle(store_);
    shelve("a", "three");
    EXPECT_EQ(labels("a"), (Labels{"three"}));
}

TEST_F(StoreTest, FlushForgetsWhatIsStillOnItsWay) {
    append("a", "one");
    append("b", "two");
    store_.flush("a");
    EXPECT_TRUE(labels("a").empty());
    append("a", "three");
    EXPECT_EQ(labels("a"), (Labels{"three"}));
    EXPECT_EQ(labels("b"), (Labels{"two"}));
    settle(store_);
    EXPECT_EQ(labels("a"), (Labels{"three"}));
    store_.flush();
    append("a", "four");
    settle(store_);
    EXPECT_EQ(labels("a"), (Labels{"four"}));
    EXPECT_TRUE(labels("b").empty());
}

TEST_F(StoreTest, FlushDoesNotFollowSymbolicLinks) {
    const auto elsewhere = directory_.path() / "elsewhere" / "bb";
    fs::create_directories(elsewhere);
    const std::string name(28, 'c');
    std::ofstream(elsewhere / name) << "precious";
    shelve("a", "one");
    fs::create_directory_symlink(elsewhere.parent_path(), store_.root() / "aa");
    store_.flush();
    EXPECT_TRUE(fs::exists(elsewhere / name));
}

TEST_F(StoreTest, ManyWritersAFlusherAndReadersTearNothing) {
    constexpr int each = 300;
    std::vector<std::thread> threads;
    std::atomic<int> running{4};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                append("shared", std::string(1, static_cast<char>('a' + t)));
                append("fleeting", "x");
            }
            --running;
        });
    }
    threads.emplace_back([&] {
        while (running > 0) EXPECT_EQ(store_.flush("fleeting").text(), "");
    });
    threads.emplace_back([&] {
        while (running > 0) EXPECT_EQ(store_.read("shared").skipped, 0U);
    });
    for (auto& thread : threads) thread.join();
    for (int shelved = 0; shelved < 2; ++shelved) {
        const Labels all = labels("shared");
        EXPECT_EQ(all.size(), 4U * each);
        for (const auto* label : {"a", "b", "c", "d"}) {
            EXPECT_EQ(std::count(all.begin(), all.end(), label), each);
        }
        settle(store_);
    }
}

TEST_F(StoreTest, AFlushOfEverythingLosesNothingThatComesMeanwhile) {
    for (int i = 0; i < 200; ++i) append("old" + std::to_string(i), "old");
    settle(store_);
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (int i = 0; i < 200 || (!done && i < 5'000); ++i) append("new", std::to_string(i));
    });
    // The lines of "new" from before the flush are gone, and all later ones are there.
    for (int i = 0; i < 5; ++i) {
        store_.flush();
        const Labels seen = labels("new");
        for (std::size_t k = 1; k < seen.size(); ++k) {
            EXPECT_EQ(std::stoi(seen[k]), std::stoi(seen[k - 1]) + 1);
        }
    }
    done = true;
    writer.join();
    append("new", "last");
    settle(store_);
    const Labels seen = labels("new");
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back(), "last");
    for (std::size_t k = 1; k + 1 < seen.size(); ++k) {
        EXPECT_EQ(std::stoi(seen[k]), std::stoi(seen[k - 1]) + 1);
    }
    EXPECT_TRUE(labels("old7").empty());
}

}  // namespace
