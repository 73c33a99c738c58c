#include "commands/commands.h"

#include <gtest/gtest.h>

#include <set>

#include "commands/ordered.h"
#include "inspector/config.h"
#include "inspector/log_settings.h"
#include "support/temporary_directory.h"

namespace {

using namespace ci;
using commands::Status;

class Commands : public testing::Test {
  protected:
    TemporaryDirectory directory_;
    inspector::Inspector inspector_{directory_.path(), [](auto, auto) {}};

    commands::Outcome run(const std::vector<std::string>& words) {
        return commands::run(inspector_, words);
    }
};

TEST_F(Commands, HaveDistinctNamesAndAreAllExplained) {
    std::set<std::string_view> names;
    for (const auto& command : commands::table()) {
        EXPECT_TRUE(names.insert(command.name).second) << command.name;
        EXPECT_FALSE(command.help.empty()) << command.name;
        EXPECT_LE(command.least, command.most) << command.name;
    }
}

TEST_F(Commands, RefuseTheWrongNumberOfArguments) {
    for (const auto& command : commands::table()) {
        std::vector<std::string> words{std::string(command.name)};
        words.resize(command.most + 2, "x");
        const auto outcome = run(words);
        EXPECT_EQ(outcome.status, Status::usage) << command.name;
        EXPECT_EQ(outcome.text.find("usage: " + std::string(command.name)), 0U) << outcome.text;
    }
    EXPECT_EQ(run({}).status, Status::usage);
    EXPECT_EQ(run({"fl\xfcsh"}).text, "no such command: fl\xc3\xbcsh\n") << "answers are UTF-8";
    EXPECT_EQ(run({"a\x1b[31m\n\xc2\x9b\xe2\x80\xae"}).text,
              "no such command: a\\x1b[31m\\n\\u009b\\u202e\n");
}

TEST_F(Commands, SurviveAnyTextAsArgument) {
    for (const std::string text : {"", "'", "\n", "\xff", "::", "127.0.0.1:99999999999999999999"}) {
        for (const auto& command : commands::table()) {
            std::vector<std::string> words{std::string(command.name)};
            words.resize(command.least + 1, text);
            const auto outcome = run(words);
            EXPECT_EQ(chunk::to_utf8(outcome.text), outcome.text) << command.name;
        }
    }
}

TEST(Config, IsReadInKazoosShape) {
    const auto config = inspector::read_config(R"({
        "root": "/r", "socket": "/s",
        "tls": {"certificate": "/c", "key": "/k", "client_ca": "/a"},
        "startup_parsers": {"one": {"type": "hep", "ip": "127.0.0.1", "port": "9061"},
                            "two": {"type": "hep", "ip": "::1", "port": 9062}}})");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->root, "/r");
    EXPECT_EQ(config->socket, "/s");
    EXPECT_EQ(config->settings.tls.certificate, "/c");
    EXPECT_EQ(config->settings.tls.key, "/k");
    EXPECT_EQ(config->settings.tls.client_ca, "/a");
    EXPECT_EQ(config->startup,
              (std::vector<std::vector<std::string>>{{"start_hep_parser", "127.0.0.1", "9061"},
                                                     {"start_hep_parser", "::1", "9062"}}));
    EXPECT_TRUE(config->problems.empty());
}

TEST(Config, HasCaptures) {
    const auto config = inspector::read_config(R"({"startup_parsers": {
        "a": {"type": "capture", "interface": "eth1"},
        "b": {"type": "capture", "interface": "eth2", "filter": "port 5060"},
        "c": {"type": "capture"},
        "d": {"type": "capture", "interface": "eth3", "hep": true},
        "e": {"type": "capture", "interface": "eth4", "filter": "port 9060", "hep": true},
        "f": {"type": "capture", "interface": "eth5", "hep": false},
        "g": {"type": "capture", "interface": "eth6", "hep": "yes"}}})");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->startup,
              (std::vector<std::vector<std::string>>{{"start_capture", "eth1"},
                                                     {"start_capture", "eth2", "port 5060"},
                                                     {"start_capture", "eth3", "hep"},
                                                     {"start_capture", "eth4", "port 9060", "hep"},
                                                     {"start_capture", "eth5"}}));
    EXPECT_EQ(config->problems,
              (std::vector<std::string>{"startup_parsers: c: no interface",
                                        "startup_parsers: g: hep: neither true nor false"}));
}

TEST(Config, HasLogs) {
    const auto config = inspector::read_config(R"({"startup_parsers": {
        "a": {"type": "km_log", "logfile": "/var/log/kamailio.log", "ip": "::1", "port": 5060},
        "b": {"type": "fs_log", "logfile": "/f", "ip": "127.0.0.1", "port": "11000"},
        "c": {"type": "fs_log", "ip": "127.0.0.1", "port": "11000"},
        "d": {"type": "km_log", "logfile": "/f", "port": "11000"}},
        "logs": {"zone": "-03:30", "begin": "start", "events": "warning"}})");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->startup,
              (std::vector<std::vector<std::string>>{
                  {"start_kamailio_parser", "/var/log/kamailio.log", "::1", "5060"},
                  {"start_freeswitch_parser", "/f", "127.0.0.1", "11000"}}));
    EXPECT_EQ(config->problems, (std::vector<std::string>{"startup_parsers: c: no logfile",
                                                          "startup_parsers: d: no ip"}));
    const auto& logs = config->settings.logs;
    EXPECT_EQ(logs.zone, std::chrono::minutes(-210));
    EXPECT_TRUE(logs.from_start);
    EXPECT_EQ(logs.events, logs::Level::warning);
}

TEST(Config, TellsWhatIsWrongWithTheSettingsOfLogs) {
    for (const char* zone : {"", "2", "+2:00", "+15:00", "+02:60", "Europe/Berlin", "+02:0x"}) {
        inspector::LogSettings settings;
        EXPECT_EQ(inspector::set_log_option("zone", zone, settings),
                  "zone: not local, UTC or an offset such as +02:00");
    }
    inspector::LogSettings settings;
    EXPECT_EQ(inspector::set_log_option("zone", "UTC", settings), "");
    EXPECT_EQ(settings.zone, std::chrono::minutes(0));
    EXPECT_EQ(inspector::set_log_option("zone", "local", settings), "");
    EXPECT_EQ(settings.zone, std::nullopt);
    EXPECT_EQ(inspector::set_log_option("begin", "end", settings),
              "begin: neither place nor start");
    EXPECT_EQ(inspector::set_log_option("tail", "1", settings),
              "tail: unknown (zone, begin, events)");
    EXPECT_EQ(inspector::set_log_option("events", "loud", settings).substr(0, 8), "events: ");
}

TEST(Config, ReadsWhereQuestionsByAmqpComeFrom) {
    const auto config = inspector::read_config(R"({"amqp": {
        "url": ["amqps://u:p@one", "amqps://u:p@two"], "ca": "ca.pem", "certificate": "c.pem",
        "key": "k.pem", "node": "n@h", "gather_ms": 250}})");
    ASSERT_TRUE(config);
    const auto& amqp = config->settings.amqp;
    EXPECT_EQ(amqp.urls, (std::vector<std::string>{"amqps://u:p@one", "amqps://u:p@two"}));
    EXPECT_EQ(amqp.ca + amqp.certificate + amqp.key + amqp.node, "ca.pemc.pemk.pemn@h");
    EXPECT_EQ(amqp.gather_ms, 250U);
    EXPECT_TRUE(config->problems.empty());
    EXPECT_EQ(inspector::read_config(R"({"amqp": {"url": "amqp://h"}})")->settings.amqp.urls,
              std::vector<std::string>{"amqp://h"});
}

TEST(Config, DoesNotRepeatAnAmqpUrlThatIsNone) {
    const auto config = inspector::read_config(
        R"({"amqp": {"url": ["amqp://u:secret@h", 1], "gather_ms": 60001, "x": 1}})");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->problems,
              (std::vector<std::string>{"amqp: url: unknown, or not of the right type",
                                        "amqp: gather_ms: unknown, or not of the right type",
                                        "amqp: x: unknown, or not of the right type"}));
}

TEST(Config, HasWhoMaySendOfAllAndOfOne) {
    const auto config = inspector::read_config(R"({
        "allow": ["10.0.0.0/8", "::1"], "auth_key": "k",
        "startup_parsers": {"a": {"type": "hep", "ip": "::1", "port": 1, "allow": ["::2", "::3"]},
                            "b": {"type": "hep", "ip": "::1", "port": 2, "auth_key": "x"},
                            "c": {"type": "hep", "ip": "::1", "port": 3, "auth_key": 1}}})");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->settings.admission.allow.size(), 2U);
    EXPECT_EQ(config->settings.admission.auth_key, "k");
    EXPECT_EQ(config->startup, (std::vector<std::vector<std::string>>{
                                   {"start_hep_parser", "::1", "1", "allow=::2,::3"},
                                   {"start_hep_parser", "::1", "2", "auth_key=x"}}));
    EXPECT_EQ(config->problems,
              std::vector<std::string>{"startup_parsers: c: auth_key: not a string"});
    const auto index =
        inspector::read_config(R"({"index": {"on": false, "directory": "/var/lib/index"}})");
    EXPECT_FALSE(index->settings.index.is_on);
    EXPECT_EQ(index->settings.index.directory, "/var/lib/index");
    EXPECT_TRUE(index->problems.empty());
    const auto bad_index =
        inspector::read_config(R"({"index": {"on": 1, "directory": "here", "size": 1}})");
    EXPECT_TRUE(bad_index->settings.index.is_on);
    EXPECT_EQ(bad_index->problems.size(), 3U);
    EXPECT_FALSE(inspector::read_config(R"({"allow": ["10.0.0.0/33"]})"));
    EXPECT_FALSE(inspector::read_config(R"({"allow": 1})"));
    EXPECT_FALSE(inspector::read_config(R"({"auth_key": 1})"));
}

TEST(Config, TellsWhatIsMasked) {
    const auto usual = inspector::read_config("{}");
    EXPECT_TRUE(usual->settings.masking.credentials);
    EXPECT_FALSE(usual->settings.masking.bodies);
    const auto config =
        inspector::read_config(R"({"mask_credentials": false, "mask_bodies": true})");
    EXPECT_FALSE(config->settings.masking.credentials);
    EXPECT_TRUE(config->settings.masking.bodies);
    EXPECT_EQ(inspector::read_config(R"({"mask_credentials": "yes"})").error().why,
              "mask_credentials: neither true nor false");
    EXPECT_FALSE(inspector::read_config(R"({"mask_bodies": 1})"));
}

TEST(Config, NamesHostsAndWhatTiesLegs) {
    const auto config = inspector::read_config(R"({
        "hosts": {"sbc": ["203.0.113.5:5060", "[2001:db8::1]:5061"], "fs": "10.0.1.0/24",
                  "bad": ["nowhere"], "none": [], "odd": 5},
        "legs": {"headers": ["X-Mine", "k-cid"], "affixes": ["*-b#"], "what": ["x"]}})");
    ASSERT_TRUE(config);
    const auto& settings = config->settings;
    ASSERT_EQ(settings.rules.hosts.size(), 2U);
    EXPECT_EQ(settings.rules.hosts[0].name, "sbc");
    EXPECT_EQ(settings.rules.hosts[0].endpoints.size(), 2U);
    EXPECT_EQ(settings.rules.hosts[1].networks.size(), 1U);
    EXPECT_EQ(settings.rules.headers, (std::vector<std::string>{"X-Mine", "k-cid"}));
    EXPECT_EQ(settings.rules.affixes, std::vector<std::string>{"*-b#"});
    EXPECT_EQ(config->problems,
              (std::vector<std::string>{
                  "hosts: bad: not an address, a network or an address with a port: 'nowhere'",
                  "hosts: none: no address", "hosts: odd: not an array of texts",
                  "legs: what: unknown (headers, affixes)"}));
    const auto pattern =
        inspector::read_config(R"({"legs": {"affixes": ["**"], "headers": ["a b"]}})");
    ASSERT_TRUE(pattern);
    EXPECT_EQ(pattern->problems.size(), 2U);
}

TEST(Config, TellsFromWhenOnSomethingIsTold) {
    const auto config = inspector::read_config(R"({
        "findings": {"slow_setup": "2500ms", "clock_off": 3, "low_mos": 3.8, "high_loss": "1.5"},
        "carriers": ["trunk", "203.0.113.0/24", "192.0.2.1:5060"], "phones": "10.0.0.0/8"})");
    ASSERT_TRUE(config);
    EXPECT_TRUE(config->problems.empty());
    const calls::Rules& rules = config->settings.rules;
    EXPECT_EQ(rules.findings.slow_setup, 2'500'000);
    EXPECT_EQ(rules.findings.clock_off, 3'000'000);
    EXPECT_DOUBLE_EQ(rules.findings.low_mos, 3.8);
    EXPECT_DOUBLE_EQ(rules.findings.high_loss, 1.5);
    EXPECT_EQ(rules.carriers.names, std::vector<std::string>{"trunk"});
    EXPECT_EQ(rules.carriers.networks.size(), 1U);
    EXPECT_EQ(rules.carriers.endpoints.size(), 1U);
    EXPECT_EQ(rules.phones.networks.size(), 1U);
    const auto bad = inspector::read_config(R"({
        "findings": {"slow_setup": "soon", "clock_off": "-1s", "low_mos": 9, "high_loss": "nan",
                     "loss": 1}, "carriers": ["10.0.0.0/99"], "phones": 5})");
    ASSERT_TRUE(bad);
    EXPECT_EQ(bad->problems,
              (std::vector<std::string>{
                  "findings: slow_setup: not a time such as 6s or 2500ms",
                  "findings: clock_off: not a time such as 6s or 2500ms",
                  "findings: low_mos: not a number from 1 to 5",
                  "findings: high_loss: not a number from 0 to 100",
                  "findings: loss: unknown (slow_setup, clock_off, low_mos, high_loss)",
                  "carriers: not a name, an address, a network or an address with a port: "
                  "'10.0.0.0/99'",
                  "phones: not an array of texts"}));
}

TEST(Config, NamesEachEntryThatCannotBeUsed) {
    const auto config = inspector::read_config(R"({
        "root": 1, "nonsense": {}, "tls": {"key": 1},
        "startup_parsers": {"a": 1, "b": {"type": "x"}, "c": {"type": "hep"},
                            "d": {"type": "hep", "ip": "127.0.0.1", "port": []}}})");
    ASSERT_TRUE(config);
    EXPECT_TRUE(config->startup.empty());
    EXPECT_EQ(config->problems,
              (std::vector<std::string>{
                  "root: unknown, or not of the right type",
                  "nonsense: unknown, or not of the right type",
                  "tls: key: unknown, or not of the right type",
                  "startup_parsers: a: not an object", "startup_parsers: b: unknown type 'x'",
                  "startup_parsers: c: no ip", "startup_parsers: d: no port"}));
    EXPECT_FALSE(inspector::read_config("[]"));
    EXPECT_FALSE(inspector::read_config("{"));
}

TEST(OrderJson, TellsWhichElementIsWrong) {
    EXPECT_EQ(commands::order_json("{}").error().why, "not a JSON array");
    EXPECT_EQ(commands::order_json(R"([{"label":"BYE"},{}])").error().why.find("element 1 "), 0U);
    EXPECT_EQ(commands::order_json(R"([[],[{}]])").error().why.find("dialogue 1, element 0 "), 0U);
    EXPECT_EQ(*commands::order_json("[]"), "[]\n");
    EXPECT_EQ(*commands::order_json("[[],[]]"), "[[],\n[]]\n");
}

}  // namespace
