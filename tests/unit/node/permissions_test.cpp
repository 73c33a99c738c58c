#include "node/permissions.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

namespace ci::node {
namespace {

using Words = std::vector<std::string>;

bool is_allowed(const Words& words, const inspector::NodeSettings& settings = {}) {
    return !refusal_of(words, settings);
}

TEST(Permissions, ByDefaultLogsAreReadAndLoopbackIsListenedOn) {
    EXPECT_TRUE(is_allowed({"start_kamailio_parser", "/var/log/kamailio.log", "10.0.0.1", "5060"}));
    EXPECT_FALSE(is_allowed({"start_kamailio_parser", "/etc/passwd", "10.0.0.1", "5060"}));
    EXPECT_FALSE(is_allowed({"start_freeswitch_parser", "/var/log/../x", "10.0.0.1", "5060"}));
    EXPECT_FALSE(is_allowed({"start_kamailio_parser", "/var/logs/x", "10.0.0.1", "5060"}));
    EXPECT_FALSE(is_allowed({"start_kamailio_parser", "x", "10.0.0.1", "5060"}));
    EXPECT_TRUE(is_allowed({"start_hep_parser", "127.0.0.1", "9060"}));
    EXPECT_TRUE(is_allowed({"start_hep_parser", "tls:::1", "9060"}));
    EXPECT_FALSE(is_allowed({"start_hep_parser", "0.0.0.0", "9060"}));
    EXPECT_FALSE(is_allowed({"start_hep_parser", "tls:10.0.0.1", "9060"}));
    EXPECT_FALSE(is_allowed({"start_capture", "any"}));
    EXPECT_FALSE(is_allowed({"export_kazoo", "/var/log/x"}));
    EXPECT_FALSE(is_allowed({"import_kazoo", "/home"}));
    EXPECT_FALSE(is_allowed({"import_pcap", "/home/x.pcap"}));
}

TEST(Permissions, SettingsAllowMore) {
    inspector::NodeSettings settings;
    settings.bind = {"10.0.0.0/8"};
    settings.capture = {"eth1"};
    settings.read = {"/srv/logs/"};
    settings.write = {"/srv/out"};
    EXPECT_TRUE(is_allowed({"start_hep_parser", "10.1.2.3", "9060"}, settings));
    EXPECT_TRUE(is_allowed({"start_capture", "eth1", "port 5060"}, settings));
    EXPECT_FALSE(is_allowed({"start_capture", "eth2"}, settings));
    EXPECT_TRUE(is_allowed({"import_pcap", "/srv/logs/a/x.pcap"}, settings));
    EXPECT_TRUE(is_allowed({"export_kazoo", "/srv/out/x"}, settings));
    EXPECT_FALSE(is_allowed({"import_kazoo", "/srv/out/x"}, settings));
}

TEST(Permissions, ALinkDoesNotLeadOut) {
    const auto directory = std::filesystem::temp_directory_path() / "ci_permissions";
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory / "logs");
    std::filesystem::create_symlink("/etc/passwd", directory / "logs" / "out");
    std::filesystem::create_symlink(directory / "logs", directory / "other_name");
    inspector::NodeSettings settings;
    settings.read = {(directory / "other_name").string()};
    EXPECT_FALSE(is_allowed({"import_pcap", (directory / "logs/out").string()}, settings));
    EXPECT_TRUE(is_allowed({"import_pcap", (directory / "logs/in").string()}, settings));
    std::filesystem::remove_all(directory);
}

TEST(Permissions, WhatReachesNowhereIsFree) {
    for (const Words& words : std::vector<Words>{{"callid_details", "/etc/passwd"},
                                                 {"flush"},
                                                 {"stop_active_parser", "0.0.0.0:1"},
                                                 {"start_hep_parser", "nonsense", "1"},
                                                 {"import_pcap"}}) {
        EXPECT_TRUE(is_allowed(words)) << words.front();
    }
}

}  // namespace
}  // namespace ci::node
