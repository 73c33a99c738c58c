// A disk that fails: each call in turn, for a while, or for good.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <mutex>
#include <thread>

#include "store/stored.h"

namespace {

using namespace ci;
using namespace ci::test;
namespace fs = std::filesystem;

/// Fails with `error` while `is_broken`, or once at the n-th call.
class FaultyDisk : public store::Disk {
  public:
    std::atomic<int> error{ENOSPC};
    std::atomic<bool> is_broken{false};
    std::atomic<long> fail_at{-1};
    std::atomic<long> calls{0};
    std::atomic<bool> writes_half{false};  ///< writes half before it fails

    int open(const char* path, int flags, mode_t mode) override {
        return fails() ? -1 : Disk::open(path, flags, mode);
    }
    ssize_t write(int descriptor, std::string_view bytes) override {
        if (!fails()) return Disk::write(descriptor, bytes);
        if (writes_half && bytes.size() > 1) {
            return Disk::write(descriptor, bytes.substr(0, bytes.size() / 2));
        }
        return -1;
    }
    int sync(int descriptor) override { return fails() ? -1 : Disk::sync(descriptor); }
    int sync_filesystem(int descriptor) override {
        return fails() ? -1 : Disk::sync_filesystem(descriptor);
    }
    int rename(const char* from, const char* to) override {
        return fails() ? -1 : Disk::rename(from, to);
    }
    int unlink(const char* path) override { return fails() ? -1 : Disk::unlink(path); }
    int mkdir(const char* path, mode_t mode) override {
        return fails() ? -1 : Disk::mkdir(path, mode);
    }
    int truncate(int descriptor, off_t size) override {
        return fails() ? -1 : Disk::truncate(descriptor, size);
    }

  private:
    bool fails() {
        if (calls++ != fail_at && !is_broken) return false;
        errno = error;
        return true;
    }
};

class Notices {
  public:
    store::Notice taker() {
        return [this](bool trouble, const std::string& text) {
            const std::scoped_lock lock(mutex_);
            texts_.push_back((trouble ? "! " : "  ") + text);
        };
    }
    std::vector<std::string> texts() const {
        const std::scoped_lock lock(mutex_);
        return texts_;
    }
    void wait_for(const std::string& what) const {
        const auto deadline = in_a_minute();
        while (store::Backlog::Clock::now() < deadline) {
            for (const auto& text : texts()) {
                if (text.find(what) != std::string::npos) return;
            }
            std::this_thread::yield();
        }
        FAIL() << "no notice of: " << what;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> texts_;
};

class FaultsTest : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    FaultyDisk disk_;
    Notices notices_;
    store::Options options_;
    FaultsTest() { options_.notice = notices_.taker(); }
    fs::path root() const { return directory_.path() / "root"; }
};

TEST_F(FaultsTest, AFullDiskIsWaitedForAndNothingIsLost) {
    store::Store store(root(), options_, disk_);
    append(store, "a", "before");
    settle(store);
    disk_.is_broken = true;
    EXPECT_EQ(append(store, "a", "meanwhile").stored, 1U);
    notices_.wait_for("cannot store");
    EXPECT_EQ(labels(store, "a"), (Labels{"before", "meanwhile"})) << "kept in memory, and seen";
    EXPECT_EQ(store.counts().stored, 1U);
    disk_.is_broken = false;
    settle(store);
    EXPECT_EQ(store.counts().stored, 2U);
    EXPECT_EQ(labels(store, "a"), (Labels{"before", "meanwhile"}));
    notices_.wait_for("storing again; lost meanwhile: 0");
}

/// Open files fail too, as on a disk that the kernel made read-only after an error.
class SuddenlyReadOnly : public store::Disk {
  public:
    std::atomic<bool> is_read_only{false};
    std::atomic<int> kept{0};  ///< files that could not be removed
    ssize_t write(int descriptor, std::string_view bytes) override {
        return fails() ? -1 : Disk::write(descriptor, bytes);
    }
    int unlink(const char* path) override {
        if (!fails()) return Disk::unlink(path);
        ++kept;
        return -1;
    }

  private:
    bool fails() const {
        errno = EROFS;
        return is_read_only;
    }
};

TEST_F(FaultsTest, ASegmentThatCouldNotBeRemovedIsNoObstacle) {
    SuddenlyReadOnly disk;
    store::Store store(root(), options_, disk);
    disk.is_read_only = true;
    append(store, "a", "meanwhile");
    while (disk.kept < 2) std::this_thread::yield();
    disk.is_read_only = false;
    settle(store);
    EXPECT_EQ(labels(store, "a"), (Labels{"meanwhile"}));
}

TEST_F(FaultsTest, HalfAWriteIsTakenBack) {
    disk_.writes_half = true;
    store::Store store(root(), options_, disk_);
    append(store, "a", "before");
    settle(store);
    disk_.is_broken = true;
    append(store, "a", "meanwhile");
    notices_.wait_for("cannot store");
    disk_.is_broken = false;
    settle(store);
    EXPECT_EQ(store.read("a").skipped, 0U);
    EXPECT_EQ(labels(store, "a"), (Labels{"before", "meanwhile"}));
}

TEST_F(FaultsTest, WhenMemoryIsFullChatterGoesFirstThenNewCallsThenTheRest) {
    options_.room.bytes = 8'000;
    store::Store store(root(), options_, disk_);
    append(store, "begun", "0");
    settle(store);
    disk_.is_broken = true;
    append(store, "begun", "1");
    notices_.wait_for("cannot store");
    const auto is_taken = [&](const std::string& call_id, bool is_chatter) {
        const std::string text = line_of(call_id, std::string(100, 'x'));
        const store::Line line{text, store::key_of(text), is_chatter};
        return store.append({&line, 1}).stored == 1;
    };
    int chatter = 0;
    while (is_taken("chatter" + std::to_string(chatter), true)) ++chatter;
    int calls = 0;
    while (is_taken("call" + std::to_string(calls), false)) ++calls;
    EXPECT_FALSE(is_taken("chatter", true));
    int more = 0;
    while (is_taken("begun", false)) ++more;
    EXPECT_GT(chatter, 10);
    EXPECT_GT(calls, 5);
    EXPECT_GT(more, 5);
    const auto counts = store.counts();
    EXPECT_EQ(counts.lost, 4U);
    EXPECT_LT(counts.memory, 9'000U);
    disk_.is_broken = false;
    settle(store);
    EXPECT_EQ(labels(store, "begun").size(), 2U + static_cast<std::size_t>(more));
    notices_.wait_for("lost meanwhile: 4");
    const auto after = store.counts();
    EXPECT_EQ(after.received, after.stored + after.lost);
}

/// Each call fails once. Whichever call it is, no data is lost or torn, and the store goes on.
TEST_F(FaultsTest, AnyCallMayFail) {
    for (const int error : {ENOSPC, EACCES}) {
        for (long n = 0; n < 24; ++n) {
            TemporaryDirectory directory;
            FaultyDisk disk;
            disk.error = error;
            disk.writes_half = n % 2 == 0;
            disk.fail_at = n;
            store::Options options;
            options.sync.sync = store::Sync::always;
            options.call_file_writer.delay = std::chrono::milliseconds(0);
            {
                store::Store store(directory.path() / "root", options, disk);
                for (int i = 0; i < 3; ++i) {
                    append(store, "a", std::to_string(i));
                    append(store, "b", std::to_string(i));
                    settle(store);
                }
                EXPECT_EQ(labels(store, "a"), (Labels{"0", "1", "2"})) << error << " at " << n;
                EXPECT_EQ(labels(store, "b"), (Labels{"0", "1", "2"})) << error << " at " << n;
                EXPECT_EQ(store.counts().lost, 0U);
                EXPECT_EQ(store.read("a").skipped, 0U) << "half a line, " << error << " at " << n;
                EXPECT_EQ(store.read("b").skipped, 0U) << "half a line, " << error << " at " << n;
            }
            const store::Store again(directory.path() / "root");
            settle(again);
            EXPECT_EQ(labels(again, "a"), (Labels{"0", "1", "2"})) << error << " at " << n;
            EXPECT_EQ(labels(again, "b"), (Labels{"0", "1", "2"})) << error << " at " << n;
        }
    }
}

TEST_F(FaultsTest, OneFileThatCannotBeWrittenHoldsUpNoOther) {
    store::Store store(root(), options_);
    append(store, "a", "one");
    settle(store);
    const auto precious = directory_.path() / "precious";
    std::ofstream(precious) << "precious";
    fs::remove(file_of(store, "a"));
    fs::create_symlink(precious, file_of(store, "a"));
    append(store, "a", "two");
    notices_.wait_for("cannot move messages");
    append(store, "b", "three");
    append(store, "a", "four");
    const auto deadline = in_a_minute();
    while (!fs::exists(file_of(store, "b")) && store::Backlog::Clock::now() < deadline) {
        std::this_thread::yield();
    }
    EXPECT_TRUE(fs::exists(file_of(store, "b")));
    EXPECT_EQ(fs::file_size(precious), 8U) << "not written through the link";
    fs::remove(file_of(store, "a"));
    settle(store);
    EXPECT_EQ(labels(store, "a"), (Labels{"two", "four"}));
}

TEST_F(FaultsTest, WhatWasLeftInTheJournalIsShelvedByTheNextStartOnce) {
    std::string kept;
    {
        store::Store store(root(), options_);
        append(store, "a", "one");
        settle(store);
        fs::create_directories(directory_.path() / "copy");
        append(store, "a", "two");
        append(store, "b", "three");
        const auto deadline = in_a_minute();
        while (store.counts().stored < 3 && store::Backlog::Clock::now() < deadline) {
            std::this_thread::yield();
        }
        // A kill leaves the journal as it is now, and the calls' files before or after the change.
        fs::copy(root() / store::journal_name, directory_.path() / "copy");
    }
    for (const auto& file : fs::directory_iterator(directory_.path() / "copy")) {
        fs::copy(file.path(), root() / store::journal_name / file.path().filename(),
                 fs::copy_options::overwrite_existing);
        std::ofstream(root() / store::journal_name / file.path().filename(), std::ios::app)
            << R"({"call-id":"a","label":"tor)";
    }
    store::Store store(root(), options_);
    settle(store);
    EXPECT_EQ(labels(store, "a"), (Labels{"one", "two"}));
    EXPECT_EQ(labels(store, "b"), (Labels{"three"}));
    EXPECT_GE(store.torn(), 1U);
    append(store, "a", "next");
    settle(store);
    EXPECT_EQ(labels(store, "a"), (Labels{"one", "two", "next"}));
}

TEST_F(FaultsTest, WhatWasFlushedWhileItWasStuckDoesNotComeBackAfterAKill) {
    {
        store::Store store(root(), options_);
        append(store, "a", "one");
        settle(store);
        // A directory takes the place of the call's file, so that its lines cannot be shelved.
        fs::remove(file_of(store, "a"));
        fs::create_directory(file_of(store, "a"));
        append(store, "a", "stuck");
        notices_.wait_for("cannot move messages");
        store.flush("a");
        for (int i = 0; i < 100; ++i) append(store, "b" + std::to_string(i), "other");
        fs::create_directories(directory_.path() / "copy");
        fs::copy(root() / store::journal_name, directory_.path() / "copy");
    }
    fs::remove_all(root());
    fs::create_directories(root());
    fs::copy(directory_.path() / "copy", root() / store::journal_name);
    store::Store store(root(), options_);
    settle(store);
    EXPECT_TRUE(labels(store, "a").empty());
}

TEST_F(FaultsTest, SaysWhatCannotBeWritten) {
    std::ofstream(root()) << "in the way";
    {
        store::Store store(root(), options_);
        append(store, "a", "one");
        notices_.wait_for("cannot store: " + root().string());
        fs::remove(root());
        settle(store);
        EXPECT_EQ(labels(store, "a"), (Labels{"one"}));
    }
    notices_.wait_for("storing again");
}

}  // namespace
