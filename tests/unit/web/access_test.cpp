// Who is let in: lines of the file of tokens, secrets, sessions, tries.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "support/temporary_directory.h"
#include "web/access/access_log.h"
#include "web/access/secret.h"
#include "web/access/sessions.h"
#include "web/access/tokens.h"
#include "web/access/tries.h"
#include "web/visit.h"

namespace ci::web {
namespace {

const std::string hash(64, 'a');

std::string why_not(const std::string& members) {
    const Tokens tokens = read_tokens("{\"sha256\":\"" + hash + "\"," + members + "}\n");
    return tokens.bad.empty() ? "" : tokens.bad.front().why;
}

TEST(Tokens, ALineTellsWhoMayDoWhat) {
    const Tokens tokens = read_tokens(
        "# who may look\r\n\n{\"name\":\"noc\",\"sha256\":\"" + hash +
        "\",\"rights\":[\"look\",\"whole\",\"watch\"],\"expires\":\"1970-01-02\",\"scope\":{"
        "\"networks\":[\"10.0.0.0/8\"],\"numbers\":[\"+49 (0)30 123*\",\"Alice\"],"
        "\"domains\":[\".Example.com\"]}}  ");
    ASSERT_TRUE(tokens.bad.empty()) << tokens.bad.front().why;
    ASSERT_EQ(tokens.all.size(), 1U);
    const Token& token = *tokens.all.front();
    EXPECT_EQ(token.name, "noc");
    EXPECT_TRUE(token.has(Right::none) && token.has(Right::look) && token.has(Right::whole));
    EXPECT_TRUE(token.has(Right::watch) && !token.has(Right::manage));
    EXPECT_FALSE(token.has(Right::look_all)) << "the scope is none of all";
    EXPECT_TRUE(token.sight->is_whole && !token.sight->sees_all());
    EXPECT_EQ(token.sight->scope.numbers, (std::vector<std::string>{"4930123*", "alice"}));
    EXPECT_EQ(token.sight->scope.domains, std::vector<std::string>{".example.com"});
    EXPECT_TRUE(!token.is_over(172'799) && token.is_over(172'800)) << "that day is the last";
}

TEST(Tokens, WhoManagesMayWatchAndNotLook) {
    const Tokens tokens =
        read_tokens(R"({"name":"a","sha256":")" + hash + R"(","rights":["manage"]})");
    ASSERT_EQ(tokens.all.size(), 1U);
    EXPECT_TRUE(tokens.all[0]->has(Right::watch) && !tokens.all[0]->has(Right::look));
}

TEST(Tokens, WhatIsNotUnderstoodIsNoToken) {
    const std::string good = R"("name":"a","rights":["look"],"scope":"all")";
    EXPECT_EQ(why_not(good), "");
    EXPECT_EQ(why_not(good + R"(,"expire":"2027-01-31")"), "expire: unknown");
    EXPECT_EQ(why_not(good + R"(,"name":"b")"), "a member is there twice");
    EXPECT_EQ(why_not(R"("name":"a","rights":["look"],"scope":{"domains":["a"],"domains":["b"]})"),
              "a member is there twice");
    EXPECT_EQ(why_not(R"("name":"a","rights":["look"],"scope":{"numbers":["*"]})"),
              "scope: not a number or a user: '*'");
    EXPECT_EQ(why_not(good + ",\"scrypt\":\"15:8:1:" + hash + ":" + hash + "\""),
              "not one of sha256 and scrypt");
}

TEST(Tokens, ANameAndASecretAreThereOnce) {
    const auto line = [](const std::string& name, char digit) {
        return R"({"name":")" + name + R"(","sha256":")" + std::string(64, digit) +
               "\",\"rights\":[\"watch\"]}\n";
    };
    const Tokens tokens = read_tokens(line("a", 'a') + line("a", 'b') + line("b", 'a'));
    EXPECT_EQ(tokens.all.size(), 1U);
    ASSERT_EQ(tokens.bad.size(), 2U);
    EXPECT_EQ(tokens.bad[0].number, 2U);
    EXPECT_EQ(tokens.bad[0].why, "the name is there already");
    EXPECT_EQ(tokens.bad[1].why, "the secret is another name's already");
}

TEST(Tokens, ADateIsADayOrATime) {
    EXPECT_EQ(time_of("1970-01-01"), 86'400);
    EXPECT_EQ(time_of("1970-01-01T00:01:02Z"), 62);
    EXPECT_EQ(time_of("2027-01-31T12:00:00Z"), 1'801'396'800);
    for (const char* const wrong : {"", "1970-02-30", "1970-1-1", "1970-01-01T24:00:00Z",
                                    "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "tomorrow  "}) {
        EXPECT_FALSE(time_of(wrong)) << wrong;
    }
}

TEST(Secret, IsRandomAndOfOneForm) {
    const std::string one = new_secret(), other = new_secret();
    EXPECT_NE(one, other);
    EXPECT_TRUE(is_secret(one) && !is_secret(one + "0") && !is_secret(one.substr(3)));
    EXPECT_FALSE(is_secret("ci_" + std::string(64, 'A')));
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_TRUE(are_equal("a", "a") && !are_equal("a", "b") && !are_equal("a", "aa"));
}

TEST(Secret, APasswordIsKeptAsWhatItCostsToTry) {
    const std::string kept = scrypt_of("correct horse battery");
    EXPECT_TRUE(kept.starts_with("15:8:1:") && is_scrypt(kept));
    EXPECT_TRUE(is_password("correct horse battery", kept));
    EXPECT_FALSE(is_password("correct horse batterx", kept));
    EXPECT_NE(scrypt_of("correct horse battery"), kept) << "each has a salt of its own";
    const std::string tail = ":" + hash + ":" + hash;
    for (const char* const costs : {"13:8:1", "15:7:1", "15:8:0", "17:8:1", "15:9:1", "15:8:5",
                                    "15:8", "15:8:1:1", "x:8:1", "15:8:1 ", ":8:1"}) {
        EXPECT_FALSE(is_scrypt(costs + tail)) << costs;
    }
    EXPECT_FALSE(is_scrypt("15:8:1" + tail + ":") && is_scrypt("15:8:1" + tail + "0"));
    EXPECT_TRUE(is_scrypt("14:8:1" + tail) && is_scrypt("16:8:4" + tail));
}

TEST(Sessions, EndByTheClockAndForNewOnes) {
    Sessions sessions;
    const Sessions::Clock::time_point now;
    sessions.begin("key", "line", now);
    EXPECT_TRUE(sessions.line_of("key", now + Sessions::longest - std::chrono::seconds(1)));
    EXPECT_FALSE(sessions.line_of("key", now + Sessions::longest));
    sessions.end("key");
    EXPECT_FALSE(sessions.line_of("key", now));
    for (std::size_t i = 0; i <= Sessions::most_of_token; ++i) {
        sessions.begin(std::to_string(i), "line", now + std::chrono::seconds(i));
    }
    sessions.begin("other", "another line", now);
    EXPECT_FALSE(sessions.line_of("0", now)) << "the oldest of the token";
    EXPECT_TRUE(sessions.line_of("1", now) && sessions.line_of("other", now));
}

TEST(Tries, AreTooManyAfterTenAndForgotten) {
    Tries tries;
    const auto now = Tries::Clock::now();
    const auto a = *wire::parse_address("2001:db8:0:1::1");
    const auto neighbour = *wire::parse_address("2001:db8:0:1:ffff::1");
    const auto other = *wire::parse_address("2001:db8:0:2::1");
    for (int i = 0; i < Tries::most; ++i) {
        EXPECT_FALSE(tries.are_too_many(a, now));
        tries.failed(a, now);
    }
    EXPECT_TRUE(tries.are_too_many(a, now) && tries.are_too_many(neighbour, now));
    EXPECT_FALSE(tries.are_too_many(other, now));
    EXPECT_FALSE(tries.are_too_many(a, now + Tries::each));
    tries.failed(a, now + Tries::each);
    EXPECT_TRUE(tries.are_too_many(a, now + Tries::each));
}

TEST(Visit, StrangersWordsAreTextOfBoundedLength) {
    Request request;
    request.method = Method::get;
    request.from = *wire::parse_endpoint("192.0.2.1:4444");
    Visit visit{"noc", "/api/calls/{id}", "a\n\x1b[31m\"", std::string(2'000, 'q')};
    Response response;
    response.shown = {"a", "b"};
    EXPECT_EQ(line_of(visit, request, response, 1'795'225'910'123'456),
              R"({"at":"2026-11-21T01:51:50.123Z","from":"192.0.2.1:4444","who":"noc",)"
              R"("does":"GET /api/calls/{id}","call":"a\\n\\x1b[31m\"","q":")" +
                  std::string(512, 'q') + R"(","status":200,"octets":0,"shown":["a","b"]})");
}

std::string read_log(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(AccessLogFile, ALineBeginsBehindOneThatAKilledRunLeft) {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "access.log";
    std::ofstream(path) << "{\"who\":";
    {
        AccessLog(path, [](const std::string& /*text*/) {}).add("{}");
    }
    {
        AccessLog(path, [](const std::string& /*text*/) {}).add("{}");
    }
    EXPECT_EQ(read_log(path), "{\"who\":\n{}\n{}\n");
}

TEST(AccessLogFile, ALineBeginsBehindOneForWhichThereWasNoRoom) {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "access.log";
    rlimit usual{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
    const auto signal = std::signal(SIGXFSZ, SIG_IGN);
    {
        AccessLog log(path, [](const std::string& /*text*/) {});
        const rlimit small{10, usual.rlim_max};
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
        log.add("0123456789 and more");
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (log.lost() == 0 && std::chrono::steady_clock::now() < until) {
            std::this_thread::yield();
        }
        ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
        EXPECT_EQ(log.lost(), 1U);
        log.add("{}");
    }
    std::signal(SIGXFSZ, signal);
    EXPECT_EQ(read_log(path), "0123456789\n{}\n");
}

}  // namespace
}  // namespace ci::web
