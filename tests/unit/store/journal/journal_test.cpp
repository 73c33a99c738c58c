#include "store/journal/journal.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "store/disk/file_io.h"
#include "support/temporary_directory.h"

namespace {

using namespace ci;

/// While it is full, it takes three bytes of a write and does not give them back.
class StubbornDisk : public store::Disk {
  public:
    bool is_full = false;
    ssize_t write(int descriptor, std::string_view bytes) override {
        if (!is_full) return Disk::write(descriptor, bytes);
        errno = ENOSPC;
        return bytes.size() < 5 ? -1 : Disk::write(descriptor, bytes.substr(0, 3));
    }
    int truncate(int descriptor, off_t size) override {
        return is_full ? -1 : Disk::truncate(descriptor, size);
    }
};

TEST(JournalTest, AfterAFailedWriteLinesAreWhereTheIndexSays) {
    const TemporaryDirectory directory;
    StubbornDisk disk;
    store::Journal journal(disk, directory.path(), {}, {1'000, false});
    const auto read = [](const store::Journal::Place& place, std::size_t length) {
        std::string text;
        EXPECT_EQ(
            store::read_at(place.segment->file, static_cast<off_t>(place.offset), length, text), 0);
        return text;
    };
    constexpr store::Seq first = store::least_seq;
    ASSERT_TRUE(journal.append("one\n", first, first));
    disk.is_full = true;
    EXPECT_FALSE(journal.append("second\n", first + 1, first + 1));
    disk.is_full = false;
    const auto place = journal.append("third\n", first + 2, first + 2);
    ASSERT_TRUE(place);
    EXPECT_EQ(read(*place, 6), "third\n");
}

TEST(JournalTest, ADeletedSegmentIsNotWrittenToAnyMore) {
    const TemporaryDirectory directory;
    store::Journal journal(store::disk(), directory.path(), {}, {1'000, false});
    constexpr store::Seq first = store::least_seq;
    const auto before = journal.append("one\n", first, first);
    ASSERT_TRUE(before);
    std::filesystem::remove(before->segment->path);
    const auto after = journal.append("two\n", first + 1, first + 1);
    ASSERT_TRUE(after);
    EXPECT_NE(after->segment->path, before->segment->path);
    EXPECT_TRUE(std::filesystem::exists(after->segment->path));
}

}  // namespace
