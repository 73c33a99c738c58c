// A log is read while its writer, logrotate and an operator do to it what they do: every line that
// was on the disk long enough is read once.
#include "sources/log_follower.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "support/temporary_directory.h"

namespace ci::sources {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void append(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::app | std::ios::binary) << text;
}

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void gzip(const fs::path& path) {
    const std::string text = content(path);
    const auto time = fs::last_write_time(path);
    const fs::path packed = path.string() + ".gz";
    gzFile file = ::gzopen(packed.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    ::gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    ::gzclose(file);
    fs::last_write_time(packed, time);
    fs::remove(path);
}

/// Reads until nothing more comes; a writer that may still turn to a new file is waited for.
std::string read_all(LogFollower& follower, std::size_t piece = 4'096) {
    std::string all;
    std::vector<char> buffer(piece);
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    auto step = LogFollower::Step::data;
    while (step != LogFollower::Step::idle || follower.is_turning()) {
        const auto got = follower.read(buffer);
        step = got.step;
        all += got.octets;
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("never at rest");
    }
    return all;
}

class LogFollowerTest : public testing::Test {
  protected:
    [[nodiscard]] LogFollower open(const std::optional<LogPlace>& place = {},
                                   std::uint64_t replay = 0) const {
        auto follower = LogFollower::open(log.string(), place, place ? place->position : 0, replay);
        if (!follower) throw std::runtime_error(follower.error().why);
        return *std::move(follower);
    }
    static LogPlace place_of(const LogFollower& follower) {
        LogPlace place = follower.place();
        place.position = place.safe = place.untouched = follower.position();
        return place;
    }
    /// As logrotate does it: the oldest is deleted, the others get the next number.
    void shift_rotated() const {
        for (int n = 8; n > 0; --n) {
            for (const std::string packed : {"", ".gz"}) {
                const fs::path from = log.string() + "." + std::to_string(n) + packed;
                if (fs::exists(from)) {
                    fs::rename(from, log.string() + "." + std::to_string(n + 1) + packed);
                }
            }
        }
    }
    [[nodiscard]] fs::path rotated(int n = 1) const {
        return log.string() + "." + std::to_string(n);
    }
    void rename() const {
        shift_rotated();
        fs::rename(log, rotated());
    }
    void copy_and_truncate() const {
        shift_rotated();
        fs::copy_file(log, rotated());
        fs::resize_file(log, 0);
    }

    TemporaryDirectory directory;
    fs::path log = directory.path() / "kamailio.log";
};

TEST_F(LogFollowerTest, SaysWhatCannotBeRead) {
    EXPECT_EQ(LogFollower::open(log.string(), {}, 0, 0).error().why, "No such file or directory");
    EXPECT_EQ(LogFollower::open(directory.path().string(), {}, 0, 0).error().why, "is a directory");
    ASSERT_EQ(::mkfifo(log.c_str(), 0600), 0);
    EXPECT_EQ(LogFollower::open(log.string(), {}, 0, 0).error().why, "not a regular file");
}

TEST_F(LogFollowerTest, ReadsTheWholeFileAndWhatIsAppended) {
    append(log, "one\ntwo\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\ntwo\n");
    append(log, "thr");
    EXPECT_EQ(read_all(follower), "thr");
    append(log, "ee\n");
    EXPECT_EQ(read_all(follower), "ee\n");
    EXPECT_EQ(follower.position(), 14U);
}

TEST_F(LogFollowerTest, ARenamedFileIsReadToItsEndBeforeTheNewOne) {
    append(log, "one\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\n");
    append(log, "two\n");
    rename();
    append(rotated(), "three\n");  // its writer has not turned to the new one yet
    append(log, "four\n");
    EXPECT_EQ(read_all(follower), "two\nthree\nfour\n");
}

TEST_F(LogFollowerTest, AWriterThatTurnsLateIsWaitedFor) {
    append(log, "one\n");
    auto follower = open();
    rename();
    append(log, "");  // logrotate's "create", before the writer reopens
    EXPECT_EQ(read_all(follower), "one\n");
    append(rotated(), "two\n");
    EXPECT_EQ(read_all(follower), "two\n");
    append(log, "three\n");
    EXPECT_EQ(read_all(follower), "three\n");
}

TEST_F(LogFollowerTest, WhatACopyHoldsOfATruncatedFileIsReadThere) {
    append(log, "one\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\n");
    append(log, "two\n");
    copy_and_truncate();
    append(log, "three, which makes the file longer than it was\n");
    EXPECT_EQ(read_all(follower), "two\nthree, which makes the file longer than it was\n");
    EXPECT_EQ(follower.extract_notice(), "");
}

TEST_F(LogFollowerTest, ATruncationWithoutACopyIsTold) {
    append(log, "one\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\n");
    fs::resize_file(log, 0);
    append(log, "2\n");
    EXPECT_EQ(read_all(follower), "2\n");
    EXPECT_NE(follower.extract_notice().find("truncated"), std::string::npos);
}

TEST_F(LogFollowerTest, ADeletedFileIsReadOnAndItsSuccessorWaitedFor) {
    append(log, "one\n");
    auto follower = open();
    append(log, "two\n");
    fs::remove(log);
    EXPECT_EQ(read_all(follower), "one\ntwo\n");
    EXPECT_EQ(follower.trouble(), "No such file or directory");
    append(log, "three\n");
    EXPECT_EQ(read_all(follower), "three\n");
    EXPECT_EQ(follower.trouble(), "");
}

TEST_F(LogFollowerTest, ARestartGoesOnInTheSameFile) {
    append(log, "one\ntwo\n");
    auto place = [&] {
        auto follower = open();
        std::vector<char> buffer(4);
        (void)follower.read(buffer);
        return place_of(follower);
    }();
    auto again = open(place);
    EXPECT_EQ(read_all(again), "two\n");
    auto with_replay = open(place, 4);
    EXPECT_FALSE(with_replay.begins_in_the_middle());
    EXPECT_EQ(with_replay.position(), 0U);
}

TEST_F(LogFollowerTest, ARestartFindsWhatWasRotatedMeanwhile) {
    append(log, "one\n");
    const auto place = [&] {
        auto follower = open();
        EXPECT_EQ(read_all(follower), "one\n");
        return place_of(follower);
    }();
    append(log, "two\n");
    rename();
    append(log, "three\n");
    rename();
    gzip(rotated(2));
    append(log, "four\n");
    fs::last_write_time(rotated(2).string() + ".gz", fs::file_time_type::clock::now() - 2h);
    fs::last_write_time(rotated(1), fs::file_time_type::clock::now() - 1h);
    auto follower = open(place);
    EXPECT_EQ(read_all(follower), "two\nthree\nfour\n");
    EXPECT_EQ(follower.extract_notice(), "");
}

TEST_F(LogFollowerTest, WhatIsRotatedWhileRotatedFilesAreReadIsReadOnce) {
    append(log, "one\n");
    const auto place = [&] {
        auto follower = open();
        EXPECT_EQ(read_all(follower), "one\n");
        return place_of(follower);
    }();
    auto mtime = fs::file_time_type::clock::now() - 10h;
    const auto rename_at_an_hour = [&] {
        rename();
        fs::last_write_time(rotated(), mtime += 1h);
    };
    for (const char* text : {"two\n", "three\n", "four\n", "five\n"}) {
        append(log, text);
        rename_at_an_hour();
    }
    append(log, "six\n");
    auto follower = open(place);
    std::vector<char> buffer(4);
    EXPECT_EQ(follower.read(buffer).octets, "two\n");
    rename_at_an_hour();  // each file has another name now
    gzip(rotated(4));
    append(log, "seven\n");
    EXPECT_EQ(read_all(follower), "three\nfour\nfive\nsix\nseven\n");
}

TEST_F(LogFollowerTest, ALogThatIsBeingCompressedIsNotReadTwice) {
    append(log, "one\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\n");
    rename();
    append(log, "two\n");
    rename();
    append(log, "three\n");
    fs::last_write_time(rotated(2), fs::file_time_type::clock::now() - 2h);
    fs::last_write_time(rotated(1), fs::file_time_type::clock::now() - 1h);
    append(rotated().string() + ".gz", "");  // gzip has begun
    std::vector<char> buffer(4);
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (follower.read(buffer).step != LogFollower::Step::next_file) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    }
    gzip(rotated());  // and is done now
    EXPECT_EQ(read_all(follower), "two\nthree\n");
}

TEST_F(LogFollowerTest, APackedFileBesideAnotherOneOfItsNameIsALogOfItsOwn) {
    append(log, "one\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\n");
    rename();
    append(log, "two\n");
    rename();
    gzip(rotated());  // rotations that compress and rotations that do not count on their own
    fs::rename(rotated(2), rotated());
    append(log, "three\n");
    fs::last_write_time(rotated(), fs::file_time_type::clock::now() - 2h);
    EXPECT_EQ(read_all(follower), "two\nthree\n");
}

TEST_F(LogFollowerTest, ARestartWaitsForAWriterThatTurnsLate) {
    append(log, "one\n");
    const auto place = [&] {
        auto follower = open();
        EXPECT_EQ(read_all(follower), "one\n");
        return place_of(follower);
    }();
    rename();
    append(log, "");
    auto follower = open(place);
    EXPECT_EQ(read_all(follower), "");
    append(rotated(), "two\n");
    EXPECT_EQ(read_all(follower), "two\n");
    append(log, "three\n");
    EXPECT_EQ(read_all(follower), "three\n");
}

TEST_F(LogFollowerTest, ARestartBetweenACompressedFileAndANewOneReadsNothingTwice) {
    append(log, "one\n");
    LogPlace place = [&] {
        auto follower = open();
        EXPECT_EQ(read_all(follower), "one\n");
        return place_of(follower);
    }();
    append(log, "two\n");
    rename();
    gzip(rotated());
    place = [&] {
        auto follower = open(place);
        EXPECT_EQ(read_all(follower), "two\n");
        EXPECT_EQ(follower.trouble(), "No such file or directory");
        return place_of(follower);
    }();
    append(log, "three\n");
    auto follower = open(place);
    EXPECT_EQ(read_all(follower), "three\n");
    EXPECT_EQ(follower.extract_notice(), "");
}

TEST_F(LogFollowerTest, AnEmptyLogThatIsFilledAndRotatedAwayDuringARestartIsRead) {
    append(log, "");
    const auto place = [&] {
        auto follower = open();
        EXPECT_EQ(read_all(follower), "");
        return place_of(follower);
    }();
    append(log, "one\n");
    rename();
    append(log, "two\n");
    auto follower = open(place);
    EXPECT_EQ(read_all(follower), "one\ntwo\n");
    EXPECT_EQ(follower.extract_notice(), "");
}

TEST_F(LogFollowerTest, AnEmptyLogThatIsFilledAndTruncatedUnseenIsRead) {
    append(log, "");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "");
    append(log, "one\n");
    copy_and_truncate();
    append(log, "two\n");
    EXPECT_EQ(read_all(follower), "one\ntwo\n");
}

TEST_F(LogFollowerTest, TwoRotationsBeforeTheWriterTurns) {
    append(log, "one\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\n");
    rename();
    append(log, "");
    rename();
    append(log, "");
    EXPECT_EQ(read_all(follower), "");
    append(rotated(2), "two\n");
    EXPECT_EQ(read_all(follower), "two\n");
    append(log, "three\n");
    EXPECT_EQ(read_all(follower), "three\n");
}

TEST_F(LogFollowerTest, ARestartTellsWhatItDoesNotFindAnyMore) {
    append(log, "one\n");
    LogPlace place = [&] {
        auto follower = open();
        EXPECT_EQ(read_all(follower), "one\n");
        return place_of(follower);
    }();
    place.untouched = 1'000;
    fs::remove(log);
    append(log, "two\n");
    auto follower = open(place);
    EXPECT_EQ(follower.position(), 1'000U);  // a position means one line for ever
    EXPECT_EQ(read_all(follower), "two\n");
    EXPECT_NE(follower.extract_notice().find("missing"), std::string::npos);
}

TEST_F(LogFollowerTest, OtherFilesBesideItAreLeftAlone) {
    append(log, "one\n");
    auto follower = open();
    EXPECT_EQ(read_all(follower), "one\n");
    rename();
    append(log.string() + ".err", "other\n");
    append(directory.path() / "kamailio-debug.log", "other\n");
    append(log.string() + ".1.bz2", "other\n");
    fs::copy_file(rotated(), rotated(7));  // somebody's copy of what was read already
    append(log, "two\n");
    EXPECT_EQ(read_all(follower), "two\n");
}

TEST_F(LogFollowerTest, LooksAheadWithoutReading) {
    append(log, "one\ntwo\n");
    auto follower = open();
    std::string seen;
    follower.look_ahead([&](std::string_view octets) {
        seen += octets;
        return false;
    });
    EXPECT_EQ(seen, "one\ntwo\n");
    EXPECT_EQ(read_all(follower), "one\ntwo\n");
}

/// Whatever is done to the log, in whatever order, and whenever the reader is restarted.
class LogFollowerLife : public LogFollowerTest, public testing::WithParamInterface<unsigned> {};

TEST_P(LogFollowerLife, EveryLineIsReadOnce) {
    std::mt19937 random(GetParam());
    const auto one_of = [&](unsigned n) {
        return std::uniform_int_distribution<unsigned>(0, n - 1)(random);
    };
    std::string written, read;
    unsigned line = 0;
    const auto write = [&](const fs::path& to) {
        for (unsigned n = one_of(4); n > 0; --n) {
            const std::string text =
                "line " + std::to_string(++line) + std::string(one_of(90), '.') + "\n";
            append(to, text);
            written += text;
        }
    };
    append(log, "begin\n");
    written = "begin\n";
    auto follower = open();
    auto mtime = fs::file_time_type::clock::now() - 10h;
    for (unsigned round = 0; round < 40; ++round) {
        switch (one_of(7)) {
            case 0:
                if (!fs::file_size(log)) break;
                rename();
                fs::last_write_time(rotated(), mtime += 1min);
                append(log, "");
                break;
            case 1:
                if (!fs::file_size(log)) break;
                copy_and_truncate();
                fs::last_write_time(rotated(), mtime += 1min);
                break;
            case 2:
                if (fs::exists(rotated(2))) gzip(rotated(2));
                break;
            case 3: {
                read += read_all(follower);
                const auto place = place_of(follower);
                if (one_of(2) != 0) write(log);
                follower = open(place);
                break;
            }
            case 4:
                read += read_all(follower, 7);
                break;
            default:
                write(log);
        }
        if (one_of(3) != 0) read += read_all(follower);
    }
    append(log, "end\n");
    written += "end\n";
    read += read_all(follower);
    EXPECT_EQ(read, written);
    EXPECT_EQ(follower.position(), written.size());
}

INSTANTIATE_TEST_SUITE_P(Seeds, LogFollowerLife, testing::Range(1U, 21U));

}  // namespace
}  // namespace ci::sources
