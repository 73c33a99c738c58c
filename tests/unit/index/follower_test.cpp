// Lines that are told, and rows that were read from files meanwhile.
#include "index/follower.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "calls/messages.h"
#include "index/schema.h"
#include "store/disk/line_format.h"
#include "store/disk/path.h"
#include "support/temporary_directory.h"

namespace ci::index {
namespace {

class Followed : public testing::Test {
  protected:
    Followed() {
        for (int i = 0; i < 4; ++i) {
            const auto chunk = test::chunk_of(test::read_expected("at=" + std::to_string(i)), id_);
            chunk::Draft draft;
            draft.call_id = id_;
            draft.parser = draft.observer = chunk.observer;
            draft.src = *wire::parse_endpoint(chunk.src);
            draft.dst = *wire::parse_endpoint(chunk.dst);
            draft.timestamp = draft.ref_timestamp = *chunk.timestamp + i * 10'000;
            draft.label = "INVITE sip:bob@example.com SIP/2.0";
            draft.message = chunk.message;
            std::string line;
            (void)chunk::append_line(draft, line);
            store::append_numbered(line, store::least_seq + static_cast<store::Seq>(i),
                                   lines_.emplace_back());
        }
    }
    std::string join(std::size_t first, std::size_t n) {
        std::string text;
        for (std::size_t i = first; i < first + n; ++i) text += lines_[i];
        return text;
    }
    /// The file has the first `n` lines.
    void write(std::size_t n, const std::string& behind = "") {
        const auto path = directory_.path() / relative_;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << join(0, n) << behind;
    }
    /// Lines `first` to `last` were appended.
    Shelved told(std::size_t first, std::size_t last) {
        Shelved one;
        one.file = file_key(relative_);
        one.key = id_;
        one.lines = join(first, last - first + 1);
        one.begins = first == 0;
        one.size = join(0, last + 1).size();
        return one;
    }
    std::uint64_t messages() {
        Statement row(opened_.database, "SELECT row FROM dialogues");
        return row.step() ? calls::Row::from_bytes(id_, row.bytes(0))->messages() : 0;
    }

    /// Of each change, how many messages there were before and are now.
    std::string changes() {
        std::string text;
        for (const Change& change : follower_.changes()) {
            const auto before = calls::Row::from_bytes(id_, change.before);
            const auto after = calls::Row::from_bytes(id_, change.after);
            text += (before ? std::to_string(before->messages()) : "new") + " to " +
                    std::to_string(after->messages()) + "; ";
        }
        return text;
    }
    void compare() {
        const FileKey file = file_key(relative_);
        follower_.compare(static_cast<std::uint8_t>(file[0]), static_cast<std::uint8_t>(file[1]));
    }

    const std::string id_ = "call@example.com", relative_ = store::relative_path(id_);
    TemporaryDirectory directory_;
    std::vector<std::string> lines_;
    store::CallFiles files_{store::disk(), directory_.path(), {}};
    calls::Rules rules_;
    Opened opened_ = open_for_writing(directory_.path() / "calls.db", "");
    Follower follower_{opened_.database, files_, rules_};
};

TEST_F(Followed, LinesThatWereMissedAreReadFromTheFile) {
    follower_.take({told(0, 0)});
    write(3);
    follower_.take({told(2, 2)});  // the second one was dropped
    EXPECT_EQ(messages(), 3U);
}

TEST_F(Followed, LinesThatWereReadAreNotCountedAgain) {
    write(3);
    follower_.reread(file_key(relative_));
    follower_.take({told(0, 0), told(1, 2)});
    EXPECT_EQ(messages(), 3U);
}

TEST_F(Followed, LinesThatWereReadWhileTheyWereWrittenCountOnce) {
    write(1);
    follower_.reread(file_key(relative_));
    // The size was taken before the write of three lines, the content in the middle of it.
    write(3, lines_[3].substr(0, 9));
    follower_.reread(file_key(relative_));
    opened_.database.run(
        ("UPDATE dialogues SET size = " + std::to_string(lines_[0].size())).c_str());
    write(4);
    follower_.take({told(1, 3)});
    EXPECT_EQ(messages(), 4U);
}

TEST_F(Followed, ChangesAreToldOnce) {
    follower_.take({told(0, 0)});
    EXPECT_EQ(changes(), "new to 1; ");
    write(3);
    follower_.take({told(2, 2), told(1, 2)});
    EXPECT_EQ(changes(), "1 to 3; ");
    follower_.reread(file_key(relative_));
    EXPECT_EQ(changes(), "") << "nothing is new";
    write(4);
    follower_.reread(file_key(relative_));
    EXPECT_EQ(changes(), "3 to 4; ");
}

TEST_F(Followed, WhatWasComparedBeforeItsLinesCameIsToldWhenTheyCome) {
    write(2);
    compare();
    EXPECT_EQ(changes(), "") << "it may be old";
    EXPECT_EQ(messages(), 2U);
    follower_.take({told(0, 1)});
    EXPECT_EQ(changes(), "new to 2; ");
    follower_.take({told(0, 1)});
    EXPECT_EQ(changes(), "");
    write(3);
    compare();
    write(4);
    follower_.take({told(2, 3)});  // the comparison had seen the first of the two
    EXPECT_EQ(changes(), "2 to 4; ");
}

TEST_F(Followed, WhatIsComparedAndOldIsNoNews) {
    write(2);
    std::filesystem::last_write_time(
        directory_.path() / relative_,
        std::filesystem::file_time_type::clock::now() - std::chrono::minutes(1));
    compare();
    follower_.take({told(0, 1)});
    EXPECT_EQ(changes(), "");
}

TEST_F(Followed, AFileThatIsGoneHasNoRow) {
    write(1);
    follower_.reread(file_key(relative_));
    EXPECT_EQ(follower_.added(), 1);
    std::filesystem::remove(directory_.path() / relative_);
    follower_.reread(file_key(relative_));
    EXPECT_EQ(follower_.added(), 0);
    EXPECT_EQ(opened_.database.number("SELECT count(*) FROM dialogues"), 0);
}

}  // namespace
}  // namespace ci::index
