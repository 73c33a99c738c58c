// Data must not be lost, or come back, after a full disk, a backward step of the clock, a kill, or
// foreign files in the store's directories.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "store/stored.h"

namespace {

using namespace ci;
using namespace ci::test;
namespace fs = std::filesystem;

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string numbered(const std::string& call_id, const std::string& label, store::Seq seq) {
    std::string line;
    store::append_numbered(line_of(call_id, label), seq, line);
    return line;
}

class BadDayTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    [[nodiscard]] fs::path root() const { return directory_.path() / "root"; }
    [[nodiscard]] fs::path journal() const { return root() / store::journal_name; }
    [[nodiscard]] fs::path file(const std::string& call_id) const {
        return root() / store::relative_path(call_id);
    }
    void block(const std::string& call_id) const {
        fs::remove(file(call_id));
        fs::create_directories(file(call_id));
    }
    /// Waits, with a deadline.
    static void until(const std::function<bool()>& holds) {
        const auto deadline = in_a_minute();
        while (!holds() && store::Backlog::Clock::now() < deadline) std::this_thread::yield();
        ASSERT_TRUE(holds());
    }
    /// A copy of the files that a kill at this moment would leave.
    [[nodiscard]] fs::path killed() const {
        const auto copy = directory_.path() / "copy";
        std::error_code gone;  // a file that the store removed or renamed meanwhile
        until([&] {
            fs::remove_all(copy);
            fs::copy(root(), copy, fs::copy_options::recursive, gone);
            return !gone;
        });
        return copy;
    }
    [[nodiscard]] std::string journal_text() const {
        std::string text;
        for (const auto& entry : fs::directory_iterator(journal())) text += content(entry.path());
        return text;
    }
};

TEST_F(BadDayTest, AFlushOfEverythingKeepsWhatOfAPinnedCallIsOnItsWay) {
    fs::path copy;
    {
        store::Store store(root());
        block("pinned");
        EXPECT_EQ(store.pin("pinned").text(), "");
        append(store, "pinned", "one");
        append(store, "other", "two");
        until([&] { return store.counts().stored == 2 && !store.trouble().empty(); });
        EXPECT_EQ(store.flush().failures, 0U) << "a pinned call's file is not to be deleted";
        append(store, "pinned", "three");
        EXPECT_EQ(labels(store, "pinned"), (Labels{"one", "three"}));
        EXPECT_TRUE(labels(store, "other").empty());
        until([&] { return store.counts().stored == 3; });
        EXPECT_EQ(store.unpin("pinned").text(), "");
        copy = killed();
        fs::remove(file("pinned"));
        settle(store);
        EXPECT_EQ(labels(store, "pinned"), (Labels{"one", "three"}));
    }
    fs::remove(copy / store::relative_path("pinned"));
    const store::Store again(copy);
    settle(again);
    EXPECT_EQ(labels(again, "pinned"), (Labels{"one", "three"})) << "it was pinned at that time";
    EXPECT_TRUE(labels(again, "other").empty());
}

TEST(StoreFlushLine, NamesWhatIsKept) {
    const store::FlushMark mark{std::nullopt,
                                {store::relative_path("a"), store::relative_path("b")}};
    std::string line;
    store::append_numbered(store::flush_line(mark), store::least_seq, line);
    EXPECT_EQ(store::flush_of(line)->kept, mark.kept);
    EXPECT_FALSE(store::flush_of(line)->key);
    EXPECT_TRUE(store::flush_of(R"({"flush":null,"kept":["../../etc/passwd","x)")->kept.empty());
}

TEST_F(BadDayTest, WhatWasWrittenWhileTheClockWasAheadHidesNothing) {
    constexpr store::Seq then = 1'900'000'000'000'000, now = 1'700'000'000'000'000;
    fs::create_directories(file("a").parent_path());
    fs::create_directories(journal());
    std::ofstream(file("a")) << numbered("a", "0", then) << numbered("a", "1", then + 1)
                             << numbered("a", "2", now);
    std::ofstream(journal() / (std::to_string(now) + ".jsonl"))
        << numbered("a", "2", now) << numbered("a", "3", now + 1) << numbered("a", "4", now + 2);
    const store::Store store(root());
    settle(store);
    EXPECT_EQ(labels(store, "a"), (Labels{"0", "1", "2", "3", "4"}));
    EXPECT_EQ(content(file("a")).find("\"2\""), content(file("a")).rfind("\"2\"")) << "once";
}

TEST_F(BadDayTest, NumbersNeverGoBack) {
    const auto number = [&] {
        const std::string text = content(file("a"));
        return std::stoull(text.substr(text.rfind("\"seq\":") + 6));
    };
    const auto store_one = [&] {
        store::Store store(root());
        append(store, "a", "x");
        settle(store);
    };
    store_one();
    // The clock had been a century ahead.
    constexpr store::Seq ahead = 4'900'000'000'000'000;
    for (const auto& entry : fs::directory_iterator(journal())) {
        if (entry.path().extension() == ".next") fs::remove(entry.path());
    }
    std::ofstream(journal() / (std::to_string(ahead) + ".next"));
    store_one();
    EXPECT_EQ(number(), ahead);
    store_one();
    EXPECT_GT(number(), ahead);
    fs::remove_all(root());
    store_one();
    EXPECT_LT(number(), ahead);
}

TEST_F(BadDayTest, ALineThatIsStuckKeepsNoOtherInTheJournal) {
    fs::path copy;
    {
        store::Store store(root());
        block("stuck");
        append(store, "stuck", "one");
        for (int i = 0; i < 100; ++i) append(store, "gone", std::to_string(i));
        append(store, "flushed", "x");
        until([&] { return fs::exists(file("gone")) && fs::exists(file("flushed")); });
        fs::remove(file("gone"));
        EXPECT_EQ(store.flush("flushed").text(), "");
        until([&] { return journal_text().find("gone") == std::string::npos; });
        append(store, "stuck", "two");
        until([&] { return store.counts().stored == 103; });
        copy = killed();
    }
    fs::remove(copy / store::relative_path("stuck"));
    const store::Store again(copy);
    settle(again);
    EXPECT_TRUE(labels(again, "gone").empty());
    EXPECT_TRUE(labels(again, "flushed").empty());
    EXPECT_EQ(labels(again, "stuck"), (Labels{"one", "two"}));
}

TEST_F(BadDayTest, ALineThatIsStuckStaysBeforeLaterOnes) {
    store::Store store(root());
    block("a");
    append(store, "a", "one");
    until([&] { return !store.trouble().empty(); });
    fs::remove(file("a"));
    append(store, "a", "two");  // its turn comes before the next try of the first
    settle(store);
    EXPECT_EQ(labels(store, "a"), (Labels{"one", "two"}));
}

TEST_F(BadDayTest, AQueryShowsOnceWhatIsInTheJournalAndInTheFile) {
    constexpr store::Seq now = 1'700'000'000'000'000;
    fs::create_directories(file("a").parent_path());
    fs::create_directories(journal());
    std::ofstream(file("a")) << numbered("a", "1", now);
    std::ofstream(journal() / (std::to_string(now) + ".jsonl"))
        << numbered("a", "1", now) << numbered("a", "2", now + 1);
    store::Options options;
    options.call_file_writer.delay = std::chrono::minutes(10);  // until the store ends
    store::Store store(root(), options);
    EXPECT_EQ(labels(store, "a"), (Labels{"1", "2"}));
    append(store, "a", "3");
    until([&] { return store.counts().stored == 3; });
    EXPECT_EQ(labels(store, "a"), (Labels{"1", "2", "3"}));
}

TEST_F(BadDayTest, ManySegmentsWithStuckLinesBecomeFew) {
    store::Options options;
    options.segment = 200;
    options.call_file_writer.delay = std::chrono::milliseconds(0);
    store::Store store(root(), options);
    block("stuck");
    Labels all;
    for (int i = 0; i < 60; ++i) {
        all.push_back(std::to_string(i));
        append(store, "stuck", all.back());
        until([&] { return store.counts().stored == all.size(); });
    }
    const auto segments = [&] {
        return std::count_if(
            fs::directory_iterator(journal()), fs::directory_iterator(),
            [](const auto& entry) { return entry.path().extension() == ".jsonl"; });
    };
    until([&] { return segments() < 20; });
    EXPECT_EQ(labels(store, "stuck"), all);
    fs::remove(file("stuck"));
    settle(store);
    EXPECT_EQ(labels(store, "stuck"), all);
}

TEST_F(BadDayTest, ABrokenCompressedFileHidesNothing) {
    store::Store store(root());
    append(store, "a", "one");
    settle(store);
    std::ofstream(file("a") += ".zst") << "garbage";
    EXPECT_EQ(labels(store, "a"), (Labels{"one"}));
    fs::remove(file("a"));
    EXPECT_NE(store.read("a").error.text(), "") << "there is nothing else";
    append(store, "a", "two");
    EXPECT_EQ(labels(store, "a"), (Labels{"two"}));
}

TEST_F(BadDayTest, WhatLiesInTheJournalKeepsNobodyFromStarting) {
    fs::create_directories(journal());
    fs::create_directories(root() / ".catalog" / "2026010100");
    ASSERT_EQ(::mkfifo((journal() / "1795000000000000.jsonl").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo((root() / ".catalog" / "2026010101").c_str(), 0600), 0);
    fs::create_directory(journal() / "1795000000000001.jsonl");
    std::ofstream(journal() / "others.jsonl") << "precious";
    std::ofstream(journal() / "1795000000000002.jsonl")
        << numbered("a", "one", 1'795'000'000'000'002);
    fs::resize_file(journal() / "1795000000000002.jsonl", std::uintmax_t{8} << 30U);
    std::ofstream(journal() / "1795000000000003.jsonl")
        << numbered("a", "beyond", 9'999'999'999'999'999);
    store::Store store(root());
    append(store, "a", "two");
    settle(store);
    EXPECT_EQ(labels(store, "a"), (Labels{"one", "two"}));
    EXPECT_EQ(content(journal() / "others.jsonl"), "precious");
}

TEST_F(BadDayTest, AFileWithASecondNameIsWrittenToIfItIsACalls) {
    store::Store store(root());
    append(store, "a", "one");
    append(store, "b", "one");
    settle(store);
    const auto precious = directory_.path() / "precious", copy = directory_.path() / "copy";
    std::ofstream(precious) << "precious\n";
    fs::remove(file("a"));
    fs::create_hard_link(precious, file("a"));
    fs::create_hard_link(file("b"), copy);
    append(store, "a", "two");
    append(store, "b", "two");
    until([&] { return content(copy).find("two") != std::string::npos; });
    until([&] { return !store.trouble().empty(); });
    EXPECT_EQ(content(precious), "precious\n");
    EXPECT_EQ(store.pin("c").text(), "");
    const auto pin = *fs::directory_iterator(root() / store::pins_name);
    fs::remove(pin.path());
    fs::create_hard_link(precious, pin.path());
    EXPECT_EQ(store.pin("c").text(), "");
    EXPECT_EQ(content(precious), "precious\n");
}

TEST_F(BadDayTest, NoLinkLeadsOutOfTheRootAndOneMayLeadToIt) {
    const auto elsewhere = directory_.path() / "elsewhere";
    fs::create_directories(root());
    fs::create_directories(elsewhere);
    const auto real = file("a");
    const auto other = elsewhere / real.parent_path().filename() / real.filename();
    fs::create_directories(other.parent_path());
    std::ofstream(other) << "precious";
    fs::create_directory_symlink(elsewhere, real.parent_path().parent_path());
    const auto link = directory_.path() / "link";
    fs::create_directory_symlink(root(), link);
    store::Store store(link);
    append(store, "a", "one");
    until([&] { return !store.trouble().empty(); });
    EXPECT_EQ(labels(store, "a"), (Labels{"one"}));
    EXPECT_EQ(store.flush("a").text(), "");
    EXPECT_EQ(content(other), "precious");
    append(store, "b", "two");
    settle(store);
    EXPECT_EQ(store.flush().files, 1U);
    EXPECT_EQ(content(other), "precious");
}

TEST_F(BadDayTest, WithoutPinsThatCanBeReadNothingIsFlushed) {
    {
        store::Store store(root());
        append(store, "a", "one");
        EXPECT_EQ(store.pin("a").text(), "");
        settle(store);
    }
    fs::rename(root() / store::pins_name, root() / "away");
    std::ofstream(root() / store::pins_name) << "in the way";
    store::Store store(root());
    EXPECT_NE(store.flush().text().find("cannot read which calls are pinned"), std::string::npos);
    EXPECT_NE(store.flush("a").text(), "");
    EXPECT_EQ(labels(store, "a"), (Labels{"one"}));
    fs::remove(root() / store::pins_name);
    fs::rename(root() / "away", root() / store::pins_name);
    EXPECT_EQ(store.flush().text(), "");
    EXPECT_EQ(labels(store, "a"), (Labels{"one"}));
}

TEST_F(BadDayTest, AFlushSaysWhatItCouldNotDelete) {
    store::Store store(root());
    append(store, "a", "one");
    append(store, "b", "one");
    settle(store);
    for (const char* call : {"a", "b", "c"}) block(call);
    EXPECT_NE(store.flush("a").text().find(file("a").string() + ": Is a directory"),
              std::string::npos);
    const store::Flushed all = store.flush();
    EXPECT_EQ(all.failures, 3U);
    EXPECT_NE(all.text().find("(and 2 more)"), std::string::npos) << all.text();
}

}  // namespace
