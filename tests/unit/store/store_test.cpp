#include "store/store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>

#include "store/path.h"
#include "support/temporary_directory.h"

namespace {

using namespace ci;
namespace fs = std::filesystem;

std::string line(const std::string& label) {
    return R"({"label":")" + label + "\"}\n";
}

class StoreTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    store::Store store_{directory_.path() / "root"};

    store::Appended append(const std::string& call_id, const std::string& label) {
        const std::string text = line(label);
        const store::Line one{call_id, text};
        return store_.append({&one, 1});
    }
    std::vector<std::string> labels(const std::string& call_id) {
        std::vector<std::string> result;
        for (const auto& chunk : store_.read(call_id).chunks) result.push_back(chunk.label);
        return result;
    }
    fs::path file(const std::string& call_id) {
        return store_.root() / store::relative_path(call_id);
    }
};
using Labels = std::vector<std::string>;

TEST(StorePath, IsKazoosSplitOfTheMd5) {
    EXPECT_EQ(store::relative_path("a@b"), "a1/ca/0ed6e42a23f4758e8a3f6b54de58");
}
TEST(StorePath, OfACallIdThatIsNotUtf8IsThatOfItsShownForm) {
    EXPECT_EQ(store::relative_path("m\xfcller"), store::relative_path("m\xc3\xbcller"));
}

TEST_F(StoreTest, KeepsCallsApartAndLinesInOrder) {
    const std::string lines[] = {line("one"), line("two"), line("three")};
    const store::Line batch[] = {{"a", lines[0]}, {"b", lines[1]}, {"a", lines[2]}};
    const auto appended = store_.append(batch);
    EXPECT_EQ(appended.stored, 3U);
    EXPECT_EQ(appended.failed, 0U);
    EXPECT_EQ(labels("a"), (Labels{"one", "three"}));
    EXPECT_EQ(labels("b"), (Labels{"two"}));
    EXPECT_TRUE(labels("c").empty());
}

TEST_F(StoreTest, ATornLastLineIsSkippedAndEndedByTheNextAppend) {
    append("a", "one");
    std::ofstream(file("a"), std::ios::app) << R"({"label":"tor)";
    EXPECT_EQ(labels("a"), (Labels{"one"}));
    append("a", "two");
    const auto dialogue = store_.read("a");
    EXPECT_EQ(labels("a"), (Labels{"one", "two"}));
    EXPECT_EQ(dialogue.skipped, 1U);
}

TEST_F(StoreTest, DeletedFilesAndDirectoriesAreMadeAgain) {
    append("a", "one");
    fs::remove_all(store_.root());
    EXPECT_EQ(append("a", "two").stored, 1U);
    EXPECT_EQ(labels("a"), (Labels{"two"}));
}

TEST_F(StoreTest, ABatchThatDoesNotFitIsTakenBackWhole) {
    append("a", "one");
    const auto size = fs::file_size(file("a"));
    // A limit of the process stands in for the full disk: the kernel writes as much as fits.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit tight{size + 10, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    const auto appended = append("a", "does not fit");
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(appended.stored, 0U);
    EXPECT_EQ(appended.failed, 1U);
    EXPECT_NE(appended.error.find("File too large"), std::string::npos) << appended.error;
    EXPECT_EQ(fs::file_size(file("a")), size);
    append("a", "two");
    EXPECT_EQ(labels("a"), (Labels{"one", "two"}));
}

TEST_F(StoreTest, SaysWhatCannotBeWritten) {
    std::ofstream(store_.root()) << "in the way";
    const auto appended = append("a", "one");
    EXPECT_EQ(appended.failed, 1U);
    EXPECT_NE(appended.error.find(store_.root().string()), std::string::npos) << appended.error;
    EXPECT_TRUE(labels("a").empty());
}

TEST_F(StoreTest, DoesNotWriteThroughASymbolicLink) {
    append("a", "one");
    const auto precious = directory_.path() / "precious";
    std::ofstream(precious) << "precious";
    fs::remove(file("a"));
    fs::create_symlink(precious, file("a"));
    EXPECT_EQ(append("a", "two").failed, 1U);
    EXPECT_EQ(fs::file_size(precious), 8U);
}

TEST_F(StoreTest, FlushForgetsOneCallOrAllAndLeavesTheRest) {
    append("a", "one");
    append("b", "two");
    std::ofstream(store_.root() / "notes") << "not a call";
    EXPECT_EQ(store_.flush("a").files, 1U);
    EXPECT_TRUE(labels("a").empty());
    EXPECT_EQ(labels("b"), (Labels{"two"}));
    EXPECT_EQ(store_.flush("a").error, "") << "flushing an unknown call is no error";
    EXPECT_EQ(store_.flush().files, 1U);
    EXPECT_TRUE(labels("b").empty());
    EXPECT_TRUE(fs::exists(store_.root() / "notes"));
    EXPECT_EQ(std::distance(fs::directory_iterator(store_.root()), {}), 1);
}

TEST_F(StoreTest, ManyWritersAFlusherAndReadersTearNothing) {
    constexpr int each = 300;
    std::vector<std::thread> threads;
    std::atomic<int> running{4};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                EXPECT_EQ(append("shared", std::string(1, static_cast<char>('a' + t))).stored, 1U);
                EXPECT_EQ(append("fleeting", "x").error, "");
            }
            --running;
        });
    }
    threads.emplace_back([&] {
        while (running > 0) EXPECT_EQ(store_.flush("fleeting").error, "");
    });
    threads.emplace_back([&] {
        while (running > 0) EXPECT_EQ(store_.read("shared").skipped, 0U);
    });
    for (auto& thread : threads) thread.join();
    const Labels all = labels("shared");
    EXPECT_EQ(all.size(), 4U * each);
    for (const auto* label : {"a", "b", "c", "d"}) {
        EXPECT_EQ(std::count(all.begin(), all.end(), label), each);
    }
}

}  // namespace
