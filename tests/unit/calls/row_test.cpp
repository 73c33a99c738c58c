// The cases of tests/data/calls/row.md, and the bounds of a row.
#include "calls/row.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "calls/messages.h"
#include "support/places.h"

namespace ci::calls {
namespace {

using test::MdCase;

std::string in_ms(std::optional<wire::Micros> time) {
    return time ? std::to_string((*time - test::start_of_cases) / 1'000) : "none";
}
std::string long_ms(std::optional<wire::Micros> time) {
    return time ? std::to_string(*time / 1'000) : "none";
}

std::string joined(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : ",") + one;
    return text;
}

test::Expected describe(const Row& row) {
    std::vector<std::string> endpoints;
    for (const auto& one : row.endpoints()) endpoints.push_back(wire::to_string(one));
    return {
        {"kind", std::string(kind_names[static_cast<std::size_t>(row.kind())])},
        {"start", in_ms(row.start())},
        {"last", in_ms(row.last())},
        {"ring", in_ms(row.ring())},
        {"answer", in_ms(row.answer())},
        {"end", in_ms(row.end())},
        {"pdd", long_ms(row.post_dial_delay())},
        {"duration", long_ms(row.duration())},
        {"from", row.from().user + "@" + row.from().host},
        {"from_name", row.from().name},
        {"to", row.to().user + "@" + row.to().host},
        {"ruri", row.request_uri().user + "@" + row.request_uri().host},
        {"pai", row.asserted_user()},
        {"endpoints", joined(endpoints)},
        {"agents", joined(row.user_agents())},
        {"methods", joined(row.methods())},
        {"messages", std::to_string(row.messages())},
        {"status", row.status() ? std::to_string(*row.status()) : "none"},
        {"outcome", std::string(outcome_names[static_cast<std::size_t>(row.outcome())])},
    };
}

Row row_of(const std::vector<chunk::Chunk>& chunks) {
    Row row("call@example.com");
    for (const auto& chunk : chunks) {
        row.take(chunk);
        const auto read = Row::from_bytes("call@example.com", row.to_bytes());
        EXPECT_TRUE(read && *read == row) << "a row survives being stored";
    }
    return row;
}

class RowCase : public testing::TestWithParam<MdCase> {};

TEST_P(RowCase, TellsTheSameInAnyOrder) {
    auto chunks = test::chunks_of(GetParam().block("messages"));
    const auto expected = test::read_expected(GetParam().block("expect"));
    std::mt19937 random(18);
    for (int i = 0; i < 20; ++i) {
        const auto actual = describe(row_of(chunks));
        for (const auto& [key, value] : expected) {
            const auto found = actual.find(key);
            ASSERT_NE(found, actual.end()) << GetParam().place << ": nothing named " << key;
            EXPECT_EQ(found->second, value) << GetParam().place << ": " << key << ", order " << i;
        }
        if (GetParam().has("ordered")) break;
        if (i == 0) {
            std::reverse(chunks.begin(), chunks.end());
        } else {
            std::shuffle(chunks.begin(), chunks.end(), random);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Files, RowCase,
                         testing::ValuesIn(test::read_md_cases(test::data("calls/row.md"))),
                         [](const auto& row) { return test::name_of(row.param); });

/// What a stranger may vary, all of it new in each message.
chunk::Chunk hostile(int i) {
    const std::string n = std::to_string(i);
    const std::string many(300, 'x');
    chunk::Chunk chunk =
        test::chunk_of({{"at", n},
                        {"is", i % 3 == 0 ? "M" + n : "INVITE"},
                        {"by", "observer" + n},
                        {"number", n},
                        {"from_tag", n},
                        {"from", "\"" + many + n + "\" <sip:" + n + many + "@" + many + ">"},
                        {"User-Agent", n + many}});
    chunk.src = "10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." +
                std::to_string(i & 255) + ":5060";
    return chunk;
}

TEST(RowBounds, ARowDoesNotGrowWithoutEnd) {
    Row row("call@example.com");
    std::size_t at_a_thousand = 0;
    for (int i = 1; i <= 5'000; ++i) {
        row.take(hostile(i));
        if (i == 1'000) at_a_thousand = row.to_bytes().size();
    }
    const std::size_t size = row.to_bytes().size();
    EXPECT_LT(size, 10'000U);
    EXPECT_LT(size, at_a_thousand + 200) << "only numbers become longer";
    EXPECT_EQ(row.messages(), 5'000U);
    EXPECT_EQ(row.endpoints().size(), most_endpoints);
    EXPECT_EQ(row.user_agents().size(), most_user_agents);
    EXPECT_LE(row.from().name.size(), longest_text);
    row.set_findings(std::vector<std::string>(1'000, std::string(1'000, 'f')));
    EXPECT_LT(row.to_bytes().size(), 20'000U);
    const auto read = Row::from_bytes("call@example.com", row.to_bytes());
    EXPECT_TRUE(read && *read == row);
}

TEST(RowFindings, AreThoseOfAllThatItTook) {
    Row row("call@example.com");
    row.take(test::chunk_of(test::read_expected("at=0 is=INVITE")));
    EXPECT_FALSE(row.has_findings());
    EXPECT_FALSE(row.analysed_outcome());
    row.set_findings({"no_response"});
    EXPECT_TRUE(row.has_findings());
    row.take(test::chunk_of(test::read_expected("at=900 is=486")));
    EXPECT_FALSE(row.has_findings()) << "the answer may have been late";
    EXPECT_EQ(row.findings(), std::vector<std::string>({"no_response"}));
    EXPECT_EQ(row.analysed_outcome(), Outcome::in_progress);
    const auto read = Row::from_bytes("call@example.com", row.to_bytes());
    EXPECT_TRUE(read && *read == row);
    row.set_findings({});
    EXPECT_EQ(row.analysed_outcome(), Outcome::busy);
}

TEST(RowBounds, AnEmptyRowIsOneToo) {
    const Row row("a");
    EXPECT_EQ(row.kind(), Kind::other);
    EXPECT_EQ(row.messages(), 0U);
    EXPECT_FALSE(row.status());
    EXPECT_EQ(Row::from_bytes("a", row.to_bytes()), row);
}

TEST(RowBytes, ThatAreNoneAreRefused) {
    Row row("call@example.com");
    for (int i = 0; i < 20; ++i) row.take(hostile(i));
    const std::string bytes = row.to_bytes();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        EXPECT_FALSE(Row::from_bytes("a", bytes.substr(0, i))) << i;
    }
    EXPECT_FALSE(Row::from_bytes("a", bytes + "x"));
    std::string other = bytes;
    other[0] = '\x7f';
    EXPECT_FALSE(Row::from_bytes("a", other)) << "another version";
    std::mt19937 random(18);
    for (int i = 0; i < 20'000; ++i) {  // whatever comes out, nothing breaks
        other = bytes;
        other[1 + random() % (other.size() - 1)] = static_cast<char>(random());
        const auto read = Row::from_bytes("a", other);
        if (read) (void)read->outcome();
    }
}

}  // namespace
}  // namespace ci::calls
