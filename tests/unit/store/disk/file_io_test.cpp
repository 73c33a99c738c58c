#include "store/disk/file_io.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "support/temporary_directory.h"

namespace {

using namespace ci;

/// Takes three bytes, and is full then.
class NearlyFullDisk : public store::Disk {
  public:
    ssize_t write(int descriptor, std::string_view bytes) override {
        if (std::exchange(is_full_, true)) {
            errno = ENOSPC;
            return -1;
        }
        return Disk::write(descriptor, bytes.substr(0, 3));
    }

  private:
    bool is_full_ = false;
};

class FileIoTest : public testing::Test {
  protected:
    FileIoTest() { std::ofstream(path_) << "before\n"; }
    [[nodiscard]] std::string content() const {
        std::string text;
        EXPECT_FALSE(store::read_whole(path_, text));
        return text;
    }
    TemporaryDirectory directory_;
    const std::filesystem::path path_ = directory_.path() / "file";
    NearlyFullDisk disk_;
};

TEST_F(FileIoTest, HalfAnAppendIsTakenBack) {
    const store::File file(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    EXPECT_EQ(store::append_whole(disk_, file, 7, "a line\n"), ENOSPC);
    EXPECT_EQ(content(), "before\n");
}

TEST_F(FileIoTest, HalfAReplacementLeavesTheOldContentAndNothingElse) {
    EXPECT_EQ(store::replace_whole(disk_, path_, "a line\n", {}).text(),
              path_.string() + ": No space left on device");
    EXPECT_EQ(content(), "before\n");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST(ErrorTest, IsNamedOnceWhereSomeoneReadsIt) {
    EXPECT_EQ(store::Error().text(), "");
    EXPECT_EQ((store::Error{EACCES, "/a"}.text()), "/a: Permission denied");
    EXPECT_EQ((store::Error{store::not_regular, "/a"}.text()), "/a: not a regular file");
    EXPECT_EQ((store::Error{store::pinned, ""}.text()), "the call is pinned");
}

}  // namespace
