#include "commands/export_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/temporary_directory.h"

namespace ci::commands {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::size_t count_in(const fs::path& directory) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

TEST(ExportFile, NamesCannotLeadOutOfTheDirectory) {
    for (const std::string name : {"a.pcap", "A-1_b@c+d=e.pcapng", "x"}) {
        EXPECT_TRUE(is_export_name(name)) << name;
    }
    for (const std::string& name :
         {std::string(), std::string("."), std::string(".."), std::string(".a"), std::string("-a"),
          std::string("a/b"), std::string("a b"), std::string("a\nb"), std::string("a\0b", 3),
          std::string("\xc3\xa4"), std::string(201, 'a')}) {
        EXPECT_FALSE(is_export_name(name)) << name;
    }
}

TEST(ExportFile, TheDirectoryIsMadeForItsOwnerAlone) {
    const TemporaryDirectory home;
    const fs::path directory = home.path() / "exports";
    ASSERT_EQ(export_file(directory, "a.pcap", "octets"), "");
    EXPECT_EQ(content(directory / "a.pcap"), "octets");
    EXPECT_EQ(fs::status(directory).permissions(), fs::perms::owner_all);
    EXPECT_EQ(fs::status(directory / "a.pcap").permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(count_in(directory), 1U);
    EXPECT_EQ(export_file(home.path() / "no" / "exports", "a.pcap", "x"),
              (home.path() / "no" / "exports").string() + ": No such file or directory");
}

TEST(ExportFile, WhatIsThereIsNotReplaced) {
    const TemporaryDirectory home;
    ASSERT_EQ(export_file(home.path(), "a.pcap", "first"), "");
    fs::create_symlink("nowhere", home.path() / "link.pcap");
    for (const std::string name : {"a.pcap", "link.pcap"}) {
        EXPECT_EQ(export_file(home.path(), name, "second"),
                  (home.path() / name).string() + ": File exists");
    }
    EXPECT_EQ(content(home.path() / "a.pcap"), "first");
    EXPECT_FALSE(fs::exists(home.path() / "nowhere"));
    EXPECT_EQ(count_in(home.path()), 2U);
}

TEST(ExportFile, WhatAKilledRunLeftIsReplaced) {
    const TemporaryDirectory home;
    std::ofstream(home.path() / ".a.pcap.part") << "half";
    ASSERT_EQ(export_file(home.path(), "a.pcap", "whole"), "");
    EXPECT_EQ(content(home.path() / "a.pcap"), "whole");
    EXPECT_EQ(count_in(home.path()), 1U);
}

TEST(ExportFile, AFileThatCannotBeWrittenLeavesNothing) {
    const TemporaryDirectory home;
    EXPECT_NE(write_new_file("/dev/full/x", "octets"), "");
    EXPECT_EQ(count_in(home.path()), 0U);
    EXPECT_EQ(write_new_file(home.path() / std::string(255, 'a'), "x"),
              (home.path() / std::string(255, 'a')).string() + ": File name too long");
}

TEST(ExportFile, TheFilesOfADirectoryHaveALimitTogether) {
    constexpr std::uintmax_t most = 100;
    const TemporaryDirectory home;
    ASSERT_EQ(export_file(home.path(), "a", std::string(60, 'x'), most), "");
    EXPECT_NE(export_file(home.path(), "b", std::string(41, 'x'), most), "");
    EXPECT_FALSE(fs::exists(home.path() / "b"));
    EXPECT_EQ(export_file(home.path(), "b", std::string(40, 'x'), most), "");
}

}  // namespace
}  // namespace ci::commands
