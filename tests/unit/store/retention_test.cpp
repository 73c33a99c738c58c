// Which calls go, by age and by size, and which stay.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <thread>

#include "store/stored.h"

namespace {

using namespace ci;
using namespace ci::test;
namespace fs = std::filesystem;
using std::chrono::hours;

class RetentionTest : public testing::Test {
  protected:
    RetentionTest() { options_.retention.every = std::chrono::milliseconds(5); }

    [[nodiscard]] fs::path root() const { return directory_.path() / "root"; }
    [[nodiscard]] fs::path file(const std::string& call_id) const {
        return root() / store::relative_path(call_id);
    }
    [[nodiscard]] bool exists(const std::string& call_id) const {
        return fs::exists(file(call_id));
    }
    /// A call of a thousand bytes whose last message came that long ago.
    void stored(const std::string& call_id, hours ago) const {
        fs::create_directories(file(call_id).parent_path());
        std::ofstream(file(call_id)) << line_of(call_id, std::string(1'000, 'x'));
        fs::last_write_time(file(call_id), fs::file_time_type::clock::now() - ago);
    }
    void begun(const std::string& call_id, hours ago) const {
        store::Catalog catalog(store::disk(), root(), {});
        catalog.note(store::relative_path(call_id), hour_before(ago));
        catalog.write();
    }
    static store::Catalog::Hour hour_before(hours ago) {
        const auto time = std::chrono::system_clock::now() - ago;
        return store::Catalog::hour_of(std::chrono::system_clock::to_time_t(time));
    }
    static void until(const std::function<bool()>& holds) {
        const auto deadline = in_a_minute();
        while (!holds() && store::Backlog::Clock::now() < deadline) std::this_thread::yield();
        ASSERT_TRUE(holds());
    }

    TemporaryDirectory directory_;
    store::Options options_;
};

TEST_F(RetentionTest, AnOldCallGoesUnlessItIsPinned) {
    stored("pinned", hours(5));  // looked at first
    stored("old", hours(4));
    stored("new", hours(1));
    ASSERT_FALSE(store::Pins(store::disk(), root(), {}).pin("pinned"));
    options_.retention.longest = hours(3);
    const store::Store store(root(), options_);
    until([&] { return !exists("old"); });
    EXPECT_TRUE(exists("pinned"));
    EXPECT_TRUE(exists("new"));
    until([&] { return store.totals().expired == 1; });
}

TEST_F(RetentionTest, NothingGoesWhileThePinsCannotBeRead) {
    stored("old", hours(4));
    std::ofstream(root() / store::pins_name) << "no directory";
    options_.retention.longest = hours(3);
    const store::Store store(root(), options_);
    // The oldest call is found at the end of each round.
    until([&] { return store.totals().oldest != 0 || !exists("old"); });
    EXPECT_TRUE(exists("old"));
}

TEST_F(RetentionTest, TheOldestGoFirstWhenThereIsTooMuch) {
    for (int i = 1; i <= 8; ++i) stored("call" + std::to_string(i), hours(i));
    options_.retention.max_bytes = 4'500;
    const store::Store store(root(), options_);
    until([&] { return store.totals().expired >= 4 && store.totals().oldest != 0; });
    for (int i = 1; i <= 8; ++i) EXPECT_EQ(exists("call" + std::to_string(i)), i <= 4) << i;
}

TEST_F(RetentionTest, ACallIsAsOldAsItsLastMessage) {
    stored("long", hours(1));
    begun("long", hours(5));
    stored("short", hours(3));
    begun("short", hours(3));
    options_.retention.max_bytes = 1'500;
    const store::Store store(root(), options_);
    until([&] { return store.totals().expired >= 1; });
    EXPECT_TRUE(exists("long"));
    EXPECT_FALSE(exists("short"));
    // Its file is in a later list now.
    const store::Catalog catalog(store::disk(), root(), {});
    until([&] {
        const auto lists = catalog.hours();
        return lists.size() == 1 && lists.front() > hour_before(hours(3));
    });
}

TEST_F(RetentionTest, AFileOfBadPacketsDoesNotGrowWithoutEnd) {
    fs::create_directories(file("@bad").parent_path());
    std::ofstream(file("@bad")) << line_of("@bad", "old");
    fs::resize_file(file("@bad"), 17U << 20U);
    store::Store store(root(), options_);
    append(store, "@bad", "new");
    settle(store);
    EXPECT_LT(fs::file_size(file("@bad")), 1'000U);
}

TEST_F(RetentionTest, OthersMayNotReadWhatIsStored) {
    store::Store store(root(), options_);
    append(store, "a", "one");
    settle(store);
    const auto mode = [](const fs::path& path) {
        return static_cast<unsigned>(fs::status(path).permissions());
    };
    EXPECT_EQ(mode(file("a")), 0640U);
    EXPECT_EQ(mode(file("a").parent_path()), 0750U);
    EXPECT_EQ(mode(root()), 0750U);
    EXPECT_EQ(mode(root() / store::journal_name), 0750U);
}

/// The operator deletes a call's file between its opening and its closing.
class DeletingDisk : public store::Disk {
  public:
    explicit DeletingDisk(fs::path file) : file_(std::move(file)) {}
    ssize_t write(int descriptor, std::string_view bytes) override {
        const ssize_t n = Disk::write(descriptor, bytes);
        if (fs::exists(file_) && !std::exchange(is_deleted_, true)) fs::remove(file_);
        return n;
    }

  private:
    const fs::path file_;
    bool is_deleted_ = false;
};

TEST_F(RetentionTest, ALineWrittenIntoAFileThatIsBeingDeletedIsWrittenAgain) {
    DeletingDisk disk(file("a"));
    store::CallFiles files(disk, root(), {});
    ASSERT_TRUE(files.append(store::relative_path("a"), line_of("a", "one")));
    std::string text;
    ASSERT_FALSE(files.read(store::relative_path("a"), text));
    EXPECT_EQ(text, line_of("a", "one"));
}

}  // namespace
