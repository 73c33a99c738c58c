// From when on something is told, at each threshold; system tests provoke it over real sockets.
#include "doctor/diagnosis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "doctor/judges.h"
#include "doctor/report.h"

namespace {

using namespace ci;
using doctor::Code;

constexpr wire::Micros second = 1'000'000, minute = 60 * second;

class Doctor : public testing::Test {
  protected:
    Doctor() {
        facts.now = 1'000 * minute;
        facts.root = "/calls";
        facts.store_memory = std::uint64_t{64} << 20U;
        auto& parser = facts.parsers.emplace_back();
        parser.id = "10.0.0.1:9060";
        parser.type = "hep";
        parser.switches = {true, true};
        parser.received = 1;
        auto& one = parser.senders.emplace_back();
        one.observer = "192.0.2.1#101@10.0.0.1:9060";
        one.address = *wire::parse_address("192.0.2.1");
        one.capture_id = 101;
        one.received = 1'000;
        one.last_seen = facts.now;
        one.maker = hep::Maker::kamailio;
        one.habits.all = one.habits.on_hops = 1'000;
        one.habits.lasted = minute;
    }

    sources::Parsers::Snapshot& parser() { return facts.parsers.front(); }
    sources::Senders::View& sender() { return parser().senders.front(); }
    sources::HabitCounts& habits() { return sender().habits; }

    std::set<Code> found() {
        std::set<Code> result;
        for (const auto& diagnosis : doctor::diagnoses_of(facts)) result.insert(diagnosis.code);
        return result;
    }
    void expect(std::set<Code> codes, const char* why) { EXPECT_EQ(found(), codes) << why; }

    doctor::Facts facts;
};

TEST_F(Doctor, FindsNothingWhereAllIsWell) {
    expect({}, "well");
    facts.parsers.clear();
    expect({Code::no_parser}, "listens nowhere");
    facts.no_inspector = "gone";
    expect({Code::no_inspector}, "then nobody knows of parsers");
}

TEST_F(Doctor, ASenderIsSilentAfterALongSilence) {
    sender().last_seen = facts.now - 5 * minute + 1;
    expect({}, "not for long enough");
    sender().last_seen = facts.now - 5 * minute;
    expect({Code::silent}, "for five minutes");
    sender().longest_silence = 2 * minute;
    expect({}, "it often is");
    sender().last_seen = facts.now - 6 * minute;
    expect({Code::silent}, "but not for so long");
    sender().received = 4;
    expect({}, "it hardly ever sent");
}

TEST_F(Doctor, AParserWithoutAPacketIsNoTraffic) {
    parser().received = 0;
    parser().age = std::chrono::seconds(299);
    expect({}, "it has just begun");
    parser().age = std::chrono::seconds(300);
    expect({Code::no_traffic}, "for five minutes");
    parser().type = "capture";
    expect({}, "an interface may be quiet");
}

TEST_F(Doctor, OfCapturesAndLogsItIsToldThatTheyAreNotRead) {
    parser().type = "capture";
    parser().received = 0;
    parser().age = std::chrono::hours(1);
    habits().truncated = 5;
    parser().frames.emplace().interrupted = "eth1: no such interface";
    expect({Code::not_reading}, "an interface that is away");
    parser().frames.reset();
    parser().log.emplace().trouble = "no such file";
    expect({Code::not_reading}, "a log that is away");
    parser().log.reset();
    parser().switches[0] = false;
    expect({Code::capture_off}, "turned off");
}

TEST_F(Doctor, AClockIsOffByTheSetting) {
    sender().clock_offset = -second + 1;
    expect({}, "nearly right");
    sender().clock_offset = -second;
    expect({Code::clock_off}, "a second behind");
    sender().received = 4;
    expect({}, "a few that came late are no clock");
    sender().received = 5;
    facts.limits.clock_off = 2 * second;
    expect({}, "the setting");
    sender().clock_offset = -minute;
    sender().clocks_apart = minute;
    expect({Code::two_clocks}, "of two clocks it is the one or the other");
}

TEST_F(Doctor, AnOffsetThatOthersShowCountsMoreThanArrivals) {
    sender().clock_offset = -minute;
    std::vector<clocks::KnownClock> known(1);
    known[0].prior.observer = sender().observer;
    known[0].prior.offset = 1'000;
    facts.known = known;
    expect({}, "the link is late, the clock is right");
    known[0].prior.observer = "another";
    expect({Code::clock_off}, "nobody shows it");
}

TEST_F(Doctor, AFewOddMessagesAreNoHabit) {
    habits().empty_ipv6 = habits().same_ipv6 = 4;
    habits().same_ends = 899;
    habits().twice = 333;
    habits().one_way = 899;
    expect({}, "few");
    habits().empty_ipv6 = 5;
    expect({Code::empty_ipv6}, "five");
    habits().empty_ipv6 = 0;
    habits().same_ipv6 = 5;
    expect({Code::same_ends}, "five, over IPv6");
    habits().same_ipv6 = 0;
    habits().same_ends = 900;
    expect({Code::same_ends}, "nine of ten");
    habits().same_ends = 0;
    habits().twice = 334;
    expect({Code::everything_twice}, "a third");
    habits().twice = 0;
    habits().one_way = 900;
    expect({Code::one_direction}, "nine of ten");
}

TEST_F(Doctor, OfFewMessagesLittleIsConcluded) {
    habits().all = habits().on_hops = habits().one_way = habits().twice = 19;
    expect({}, "nineteen");
    habits().all = habits().on_hops = habits().one_way = habits().twice = 20;
    expect({Code::one_direction, Code::everything_twice}, "twenty");
    habits() = {};
    habits().all = habits().same_ends = 4;
    expect({}, "four");
}

TEST_F(Doctor, OneCutMessageIsTold) {
    habits().truncated = 1;
    expect({Code::truncated}, "one");
}

TEST_F(Doctor, OptionsAreAFloodWhereTheyAreManyAndMost) {
    habits().all = 1'200;
    habits().options = 600;
    expect({Code::options_flood}, "half of all, ten a second");
    habits().lasted = minute + second;
    expect({}, "fewer than ten a second");
    habits().lasted = 0;
    expect({Code::options_flood}, "in a burst");
    habits().all = 1'201;
    expect({}, "most are others");
    habits().all = habits().options = 499;
    expect({}, "a proxy looks after its hosts");
}

TEST_F(Doctor, AnIdIsSharedWithAnotherAddressOnly) {
    auto other = sender();
    other.agent_name = "another agent of the same host";
    parser().senders.push_back(other);
    expect({}, "the same address");
    parser().senders.back().address = *wire::parse_address("192.0.2.2");
    expect({Code::shared_id}, "another address");
    parser().senders.back().capture_id = 102;
    expect({}, "another id");
    parser().senders.front().capture_id = parser().senders.back().capture_id = std::nullopt;
    expect({}, "none");
}

TEST_F(Doctor, ABufferIsSmallBelow16MiB) {
    parser().receive_buffer = (16 << 20) - 1;
    expect({Code::small_buffer}, "small");
    parser().receive_buffer = 16 << 20;
    expect({}, "large enough");
    parser().receive_buffer = 0;
    expect({}, "none, as it listens by TLS only");
}

TEST_F(Doctor, ADiskIsLowInShareAndInAll) {
    constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30U;
    facts.host.volume = doctor::Volume{100 * gibibyte, 5 * gibibyte, 1'000'000, 50'000};
    expect({}, "five per cent");
    facts.host.volume = doctor::Volume{100 * gibibyte, 5 * gibibyte - 1, 1'000'000, 50'000 - 1};
    expect({Code::disk_low, Code::inodes_low}, "less");
    facts.host.volume = doctor::Volume{1'000 * gibibyte, 20 * gibibyte, 10'000'000, 100'000};
    expect({}, "of a large disk a little is much");
    facts.host.volume = doctor::Volume{100 * gibibyte, 50 * gibibyte, 0, 0};
    expect({}, "a file system without a number of inodes");
}

TEST_F(Doctor, MemoryIsLittleBelowWhatTheSettingAndTheRestNeed) {
    facts.host.memory = std::uint64_t{576} << 20U;
    expect({}, "enough");
    *facts.host.memory -= 1;
    expect({Code::little_memory}, "less");
    const auto line = [this] { return doctor::diagnoses_of(facts).at(0).cures.at(0).line; };
    EXPECT_EQ(line(), "MemoryMax=2G");
    facts.store_memory = std::uint64_t{2} << 30U;
    EXPECT_EQ(line(), "MemoryMax=3G") << "what the setting needs";
    facts.store_memory = (std::uint64_t{64} << 20U) - 1;
    expect({}, "a smaller setting");
}

TEST_F(Doctor, DescriptorsAreFewBelow4096) {
    facts.host.descriptors = 4'095;
    expect({Code::few_descriptors}, "few");
    facts.host.descriptors = 4'096;
    expect({}, "enough");
}

TEST_F(Doctor, AFirewallDoesNotConcernWhatListensOnLoopback) {
    facts.host.ruleset =
        R"({"nftables":[{"chain":{"family":"ip","table":"t","name":"i","hook":"input","policy":"drop"}}]})";
    EXPECT_EQ(doctor::diagnoses_of(facts).size(), 2U) << "UDP and TCP";
    parser().id = "tls:10.0.0.1:9060";
    EXPECT_EQ(doctor::diagnoses_of(facts).size(), 1U) << "TCP only";
    for (const char* id : {"127.0.0.1:9060", "[::1]:9060"}) {
        parser().id = id;
        EXPECT_TRUE(doctor::diagnoses_of(facts).empty()) << id;
    }
}

TEST_F(Doctor, LinesAreForTheProgramThatSends) {
    habits().hep2 = 1'000;
    const auto programs = [this] {
        std::set<std::string_view> result;
        const auto diagnoses = doctor::diagnoses_of(facts);
        for (const auto& cure : diagnoses.at(0).cures) result.insert(cure.program);
        return result;
    };
    using Programs = std::set<std::string_view>;
    EXPECT_EQ(programs(), (Programs{"kamailio", "kazoo"}));
    sender().maker = hep::Maker::opensips;
    EXPECT_EQ(programs(), Programs{"opensips"});
    sender().maker = hep::Maker::unknown;
    EXPECT_EQ(programs(), (Programs{"kamailio", "kazoo", "freeswitch", "opensips"}));
    habits() = {};
    habits().all = habits().empty_ipv6 = 10;
    sender().maker = hep::Maker::opensips;
    EXPECT_TRUE(programs().contains("call_inspector")) << "what helps whoever sends";
}

TEST_F(Doctor, LinesNameTheInspectorAndTheSendersId) {
    habits().truncated = 1;
    sender().maker = hep::Maker::freeswitch;
    const auto line = [this] { return doctor::diagnoses_of(facts).at(0).cures.at(0).line; };
    EXPECT_NE(line().find("udp:10.0.0.1:9060;hep=3;capture_id=101;"), std::string::npos) << line();
    parser().id = "0.0.0.0:9060";
    EXPECT_NE(line().find("udp:INSPECTOR:9060;"), std::string::npos) << line();
    parser().id = "tls:[::]:9061";
    EXPECT_NE(line().find("udp:INSPECTOR:9061;"), std::string::npos) << line();
    habits() = {};
    sender().clocks_apart = minute;
    EXPECT_NE(line().find("capture_id=102\""), std::string::npos) << "one that is free: " << line();
}

TEST_F(Doctor, NoIdIsProposedToTwoSenders) {
    for (const char* const address : {"192.0.2.2", "192.0.2.3"}) {
        parser().senders.push_back(sender());
        parser().senders.back().address = *wire::parse_address(address);
    }
    const auto diagnoses = doctor::diagnoses_of(facts);
    std::set<std::string> proposed;
    for (const auto& diagnosis : diagnoses) {
        ASSERT_EQ(diagnosis.code, Code::shared_id);
        proposed.insert(diagnosis.cures.at(0).line);
    }
    EXPECT_EQ(proposed.size(), 3U) << "else they would share that one";
}

TEST_F(Doctor, OfManySendersWithTheSameTroubleTheFirstFewAreTold) {
    habits().hep2 = 1'000;
    while (parser().senders.size() < 7) parser().senders.push_back(sender());
    const auto diagnoses = doctor::diagnoses_of(facts);
    const std::string text = doctor::report_text(facts, diagnoses);
    std::size_t told = 0;
    for (auto at = text.find("HEP 2 in"); at != std::string::npos;
         at = text.find("HEP 2 in", at + 1)) {
        ++told;
    }
    EXPECT_EQ(told, 5U);
    EXPECT_NE(text.find("warning, old_hep: 2 more senders at 10.0.0.1:9060\n"), std::string::npos)
        << text;
    EXPECT_NE(text.find("7 things are wrong"), std::string::npos);
}

TEST_F(Doctor, AParserForThoseWithoutAKeyListensWhereThatOneDoes) {
    parser().refused = {{"bad_auth_key", 1}};
    const auto line = [this] { return doctor::diagnoses_of(facts).at(0).cures.back().line; };
    EXPECT_EQ(line(), "call_inspector start_hep_parser 10.0.0.1 9061 auth_key=");
    parser().id = "0.0.0.0:9060";
    EXPECT_EQ(line(), "call_inspector start_hep_parser 0.0.0.0 9061 auth_key=");
    parser().id = "tls:[2001:db8::1]:9060";
    EXPECT_EQ(line(), "call_inspector start_hep_parser tls:2001:db8::1 9061 auth_key=");
    parser().id = "10.0.0.1:65535";
    EXPECT_EQ(line(), "call_inspector start_hep_parser 10.0.0.1 1024 auth_key=");
    facts.parsers.push_back(parser());
    facts.parsers.back().id = "10.0.0.2:9061";
    parser().id = "10.0.0.1:9060";
    EXPECT_EQ(line(), "call_inspector start_hep_parser 10.0.0.1 9062 auth_key=") << "not another's";
}

TEST_F(Doctor, EachCodeHasALineAndNoLineKeepsABrace) {
    const doctor::Names names{"10.0.0.1:9060", "101", "10.0.0.1:9060", "9061", "/calls", "40G",
                              "ip t i",        "2G",  "10.0.0.1"};
    for (const auto& row : doctor::codes()) {
        const auto cures = doctor::cures_of(row.code, hep::Maker::unknown, names);
        EXPECT_FALSE(cures.empty()) << row.name;
        for (const auto& cure : cures) {
            for (const char* name :
                 {"{inspector}", "{ip}", "{port}", "{other_port}", "{parser}", "{transport}",
                  "{id}", "{root}", "{space}", "{rule}", "{memory}"}) {
                EXPECT_EQ(cure.line.find(name), std::string::npos) << cure.line;
            }
        }
    }
}

TEST_F(Doctor, AParserThatListensByTlsIsNotReachedByUdp) {
    parser().id = "tls:10.0.0.1:9061";
    parser().received = 0;
    parser().age = std::chrono::seconds(300);
    std::string all;
    for (const auto& one : doctor::diagnoses_of(facts)) {
        for (const auto& cure : one.cures) all += cure.line + "\n";
    }
    EXPECT_NE(all.find("\"sip:10.0.0.1:9061;transport=tls\""), std::string::npos) << all;
    EXPECT_EQ(all.find("udp"), std::string::npos) << all;
}

TEST_F(Doctor, SpansAndSizesAreShort) {
    EXPECT_EQ(doctor::span_text(500), "0.5 ms");
    EXPECT_EQ(doctor::span_text(-3'200'000), "3.2 s");
    EXPECT_EQ(doctor::span_text(10 * minute), "10 min");
    EXPECT_EQ(doctor::span_text(3 * 24 * 60 * minute), "3 days");
    EXPECT_EQ(doctor::size_text(100), "100 bytes");
    EXPECT_EQ(doctor::size_text(8 << 20), "8 MiB");
}

}  // namespace
