// What is compressed is neither lost nor doubled, whatever fails on the way.
#include "store/calls/compress.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "store/calls/call_files.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"
#include "support/temporary_directory.h"

namespace {

using namespace ci;
namespace fs = std::filesystem;

class CompressTest : public testing::Test {
  protected:
    CompressTest() { fs::create_directories(path_.parent_path()); }

    static std::string lines(int first, int last) {
        std::string text;
        for (int i = first; i <= last; ++i) {
            store::append_numbered(R"({"call-id":"a","label":"x"})",
                                   store::least_seq + static_cast<store::Seq>(i), text);
        }
        return text;
    }
    void write(const std::string& text) const { std::ofstream(path_) << text; }
    [[nodiscard]] std::string read() const {
        std::string text;
        const store::CallFiles files(store::disk(), directory_.path(), {});
        EXPECT_FALSE(files.read(relative_, text));
        return text;
    }

    TemporaryDirectory directory_;
    const std::string relative_ = store::relative_path("a");
    const fs::path path_ = directory_.path() / relative_;
};

TEST_F(CompressTest, ACallThatGoesOnIsReadInOrder) {
    write(lines(1, 50));
    ASSERT_FALSE(store::compress(store::disk(), path_, {}));
    EXPECT_FALSE(fs::exists(path_));
    write(lines(51, 60));
    EXPECT_EQ(read(), lines(1, 60));
    ASSERT_FALSE(store::compress(store::disk(), path_, {}));
    EXPECT_EQ(read(), lines(1, 60));
}

TEST_F(CompressTest, WhatAKillLeftInBothFilesIsThereOnce) {
    write(lines(1, 5));
    ASSERT_FALSE(store::compress(store::disk(), path_, {}));
    write(lines(1, 7));
    EXPECT_EQ(read(), lines(1, 7));
    ASSERT_FALSE(store::compress(store::disk(), path_, {}));
    EXPECT_EQ(read(), lines(1, 7));
}

class FullDisk : public store::Disk {
  public:
    ssize_t write(int /*descriptor*/, std::string_view /*bytes*/) override {
        errno = ENOSPC;
        return -1;
    }
};

TEST_F(CompressTest, OnAFullDiskThePlainFileStays) {
    write(lines(1, 5));
    FullDisk disk;
    EXPECT_EQ(store::compress(disk, path_, {}).text(),
              store::compressed_path(path_).string() + ": No space left on device");
    EXPECT_EQ(read(), lines(1, 5));
    EXPECT_FALSE(fs::exists(store::compressed_path(path_)));
}

/// Notes what is done to the disk.
class NotingDisk : public store::Disk {
  public:
    std::string noted;
    int sync(int descriptor) override {
        noted += "sync ";
        return Disk::sync(descriptor);
    }
    int rename(const char* from, const char* to) override {
        noted += "rename ";
        return Disk::rename(from, to);
    }
    int sync_directory(const char* path) override {
        noted += "sync_directory ";
        return Disk::sync_directory(path);
    }
    int unlink(const char* path) override {
        noted += "unlink ";
        return Disk::unlink(path);
    }
};

TEST_F(CompressTest, ThePlainFileGoesOnceTheCompressedOneIsOnTheMedium) {
    write(lines(1, 5));
    NotingDisk disk;
    ASSERT_FALSE(store::compress(disk, path_, {}));
    EXPECT_EQ(disk.noted, "sync rename sync_directory unlink ");
}

}  // namespace
