// The cases of tests/data/calls/expression.md; mistakes and their places.
#include "calls/expression.h"

#include <gtest/gtest.h>

#include "calls/messages.h"
#include "support/places.h"

namespace ci::calls {
namespace {

using test::MdCase;

/// 2026-11-21T01:51:50Z is start_of_cases.
Surroundings surroundings() {
    return {test::start_of_cases + 3'600'000'000,
            {{"kam1", {*wire::parse_network("10.0.0.2")}},
             {"port",
              {},
              {*wire::parse_endpoint("10.0.0.1:5060"), *wire::parse_endpoint("10.0.0.2:5080")}},
             {"wrong",
              {},
              {*wire::parse_endpoint("10.0.0.1:5061"), *wire::parse_endpoint("10.0.0.2:5080")}},
             {"fs", {*wire::parse_network("10.0.1.0/24"), *wire::parse_network("2001:db8::/32")}}}};
}

std::vector<std::string> lines_of(std::string_view block) {
    std::vector<std::string> lines;
    while (!block.empty()) {
        const auto end = block.find('\n');
        if (end > 0) lines.emplace_back(block.substr(0, end));
        block.remove_prefix(end + 1);
    }
    return lines;
}

Expression parsed(const std::string& text) {
    const auto expression = parse_expression(text, surroundings());
    if (expression) return *expression;
    ADD_FAILURE() << text << ": column " << expression.error().column << ": "
                  << expression.error().text;
    return {};
}

class ExpressionCase : public testing::TestWithParam<MdCase> {};

TEST_P(ExpressionCase, HoldsOfTheRow) {
    Row row("call@example.com");
    for (const auto& chunk : test::chunks_of(GetParam().block("messages"))) row.take(chunk);
    row.set_findings({"no_ack", "slow_setup"});
    for (const bool expected : {true, false}) {
        const char* const block = expected ? "holds" : "fails";
        if (!GetParam().has(block)) continue;
        for (const auto& text : lines_of(GetParam().block(block))) {
            const Expression expression = parsed(text);
            EXPECT_EQ(matches(row, expression), expected) << GetParam().place << ": " << text;
            EXPECT_EQ(parsed(to_text(expression)), expression) << to_text(expression);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Files, ExpressionCase,
                         testing::ValuesIn(test::read_md_cases(test::data("calls/expression.md"))),
                         [](const auto& row) { return test::name_of(row.param); });

struct Wrong {
    const char* text;
    std::size_t column;
    const char* says;
};

TEST(AMistake, IsToldWithItsPlaceAndWhatWouldBeRight) {
    const Wrong all[] = {
        {"form=alice", 1, "is from meant?"},
        {"to=bob usr=alice", 8, "is user meant?"},
        {"Statsu=486", 1, "is status meant?"},
        {"colour=red", 1, "there are from, to, user, ip"},
        {"=alice", 1, "a field is missing before '='"},
        {"user =alice", 6, "a field is missing before '='"},
        {"from==alice", 5, "no operator '=='; there are =, !=, ~, < and >"},
        {"duration>=5", 9, "no operator '>='"},
        {"from!alice", 5, "!= is meant"},
        {"from<alice", 5, "from takes = or != or ~"},
        {"since>2d", 6, "since takes ="},
        {"duration=5", 9, "duration takes < or >"},
        {"since!=2d", 6, "since takes ="},
        {"kind~call", 5, "kind takes = or !="},
        {"from=", 6, "a value is missing"},
        {"from= alice", 6, "a value is missing"},
        {"from=alice,", 12, "missing behind the comma"},
        {"from=alice, to=bob", 12, "missing behind the comma"},
        {"from=,alice", 6, "a value is missing"},
        {"from=\"alice", 6, "never closed"},
        {"from=\"alice\"x", 13, "behind the closing quote"},
        {"from~\"\"", 6, "an empty text"},
        {"\"\"", 1, "an empty text"},
        {"status=abc", 8, "a status such as 486, or 5xx"},
        {"status=99", 8, "a status such as 486"},
        {"status=7xx", 8, "a status such as 486"},
        {"status=200,6000", 12, "not '6000'"},
        {"status<5xx", 8, "not the range '5xx'"},
        {"outcome=good", 9, "one of in_progress, answered, busy"},
        {"kind=fax", 6, "one of call, registration"},
        {"method=\"A B\"", 8, "a method such as INVITE"},
        {"ip=10.0.0", 4, "an address (192.0.2.1), a network (10.0.0.0/8)"},
        {"ip=10.0.0.0/33", 4, "a network"},
        {"port=65536", 6, "a port from 0 to 65535"},
        {"port=sip", 6, "a port"},
        {"host=kam9", 6, "a name of the setting hosts (kam1, port, wrong, fs), not 'kam9'"},
        {"since=yesterday", 7, "2026-11-29"},
        {"since=5", 7, "15m"},
        {"since=2026-02-30", 7, "2026-11-29"},
        {"until=2026-11-29T25:00", 7, "2026-11-29"},
        {"since=2026-11-29T10:00+1", 7, "2026-11-29"},
        {"duration>long", 10, "200ms, 1.5s, 10m or 2h"},
        {"pdd<5x", 5, "200ms"},
        {"pdd<99999999999s", 5, "200ms"},
        // Columns count characters, not octets.
        {"from=J\xc3\xbcrgen form=x", 13, "is from meant?"},
        {"~", 1, "a field is missing"},
        {"<sip:a@b>", 1, "a field is missing"},
    };
    for (const auto& [text, column, says] : all) {
        const auto expression = parse_expression(text, surroundings());
        ASSERT_FALSE(expression) << text;
        EXPECT_EQ(expression.error().column, column) << text << ": " << expression.error().text;
        EXPECT_NE(expression.error().text.find(says), std::string::npos)
            << text << ": " << expression.error().text;
    }
}

TEST(AMistake, IsAnExpressionWithoutEnd) {
    std::string many, values = "from=a";
    for (std::size_t i = 0; i < most_terms; ++i) many += "a ";
    EXPECT_TRUE(parse_expression(many, {}));
    const auto more = parse_expression(many + "a", {});
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().column, 2 * most_terms + 1);
    for (std::size_t i = 1; i < most_values; ++i) values += ",a";
    EXPECT_TRUE(parse_expression(values, {}));
    EXPECT_FALSE(parse_expression(values + ",a", {}));
    EXPECT_TRUE(parse_expression(std::string(longest_expression, 'a'), {}));
    EXPECT_FALSE(parse_expression(std::string(longest_expression + 1, 'a'), {}));
    const auto no_hosts = parse_expression("host=fs", {});
    ASSERT_FALSE(no_hosts);
    EXPECT_NE(no_hosts.error().text.find("which has none"), std::string::npos);
}

struct Time {
    const char* text;
    wire::Micros low, high;  ///< seconds; `high` the first that is not meant
};

TEST(ATime, IsAllThatItsTextMeans) {
    constexpr wire::Micros noon = 1'795'262'400;  // 2026-11-21T12:00:00Z
    const Time all[] = {
        {"2026-11-21", noon - 43'200, noon + 43'200},
        {"2026-11-21T12:00", noon, noon + 60},
        {"2026-11-21T12:00:05Z", noon + 5, noon + 6},
        {"\"2026-11-21 12:00:05\"", noon + 5, noon + 6},
        {"2026-11-21T12:00:05+01:00", noon + 5 - 3'600, noon + 6 - 3'600},
        {"2026-11-21T12:00:05-0530", noon + 5 + 19'800, noon + 6 + 19'800},
        {"2024-02-29", 1'709'164'800, 1'709'164'800 + 86'400},
        {"1970-01-01", 0, 86'400},
    };
    for (const auto& [text, low, high] : all) {
        const auto expression = parsed(std::string("since=") + text);
        const Value& value = expression.terms.at(0).values.at(0);
        EXPECT_EQ(value.low, low * 1'000'000) << text;
        EXPECT_EQ(value.high, high * 1'000'000 - 1) << text;
    }
    const auto fraction = parsed("since=2026-11-21T12:00:00.25");
    EXPECT_EQ(fraction.terms.at(0).values.at(0).low, noon * 1'000'000 + 250'000);
    EXPECT_EQ(fraction.terms.at(0).values.at(0).high, noon * 1'000'000 + 259'999);
    for (const auto& [text, seconds] :
         {std::pair("90s", 90), {"15m", 900}, {"1.5h", 5'400}, {"2d", 172'800}, {"1w", 604'800}}) {
        const auto ago = parsed(std::string("since=") + text);
        EXPECT_EQ(ago.terms.at(0).values.at(0).low, surroundings().now - seconds * 1'000'000LL)
            << text;
    }
}

}  // namespace
}  // namespace ci::calls
