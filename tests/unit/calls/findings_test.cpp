// The cases of tests/data/calls/findings.md, and the bounds of an analysis.
#include <gtest/gtest.h>

#include "calls/findings/analysis.h"
#include "calls/findings/finding.h"
#include "calls/messages.h"
#include "order/order.h"
#include "support/places.h"

namespace ci::calls {
namespace {

std::string millis(const std::optional<wire::Micros>& time) {
    return time ? std::to_string(*time / 1'000) : "none";
}
std::string or_none(const std::string& text) {
    return text.empty() ? "none" : text;
}

test::Expected told(const std::vector<chunk::Chunk>& chunks) {
    const order::Flow flow = order::order(chunks);
    const Analysis analysis = analysis_of(course_of(chunks, flow, test::legs_of(chunks), {}));
    std::string findings;
    for (const Finding& one : analysis.findings) {
        if (!findings.empty()) findings += ',';
        findings += std::string(name_of(one.code)) + ':' +
                    std::string(severity_names[static_cast<std::size_t>(one.severity)]);
        EXPECT_FALSE(one.text.empty());
        for (const std::size_t message : one.messages) EXPECT_LT(message, flow.events.size());
    }
    return {{"findings", or_none(findings)},
            {"outcome", std::string(outcome_names[static_cast<std::size_t>(analysis.outcome)])},
            {"status", std::to_string(analysis.final_status)},
            {"failing_host", or_none(analysis.failing_host)},
            {"location", or_none(analysis.failure_location)},
            {"hung_up_by", or_none(analysis.hung_up_by)},
            {"pdd", millis(analysis.post_dial_delay)},
            {"setup", millis(analysis.setup)},
            {"duration", millis(analysis.duration)}};
}

class FindingsCase : public testing::TestWithParam<test::MdCase> {};

TEST_P(FindingsCase, IsTold) {
    const auto got = told(test::chunks_of(GetParam().block("messages")));
    for (const auto& [name, value] : test::read_expected(GetParam().block("expect"))) {
        ASSERT_TRUE(got.contains(name)) << name;
        EXPECT_EQ(got.at(name), value) << name << " at " << GetParam().place;
    }
}

INSTANTIATE_TEST_SUITE_P(Markdown, FindingsCase,
                         testing::ValuesIn(test::read_md_cases(test::data("calls/findings.md"))),
                         [](const auto& one) { return test::name_of(one.param); });

INSTANTIATE_TEST_SUITE_P(None, FindingsCase,
                         testing::ValuesIn(test::read_md_cases(test::data("calls/no_findings.md"))),
                         [](const auto& one) { return test::name_of(one.param); });

TEST(Findings, HaveNamesAndSayWhatToLookAt) {
    for (const FindingKind& kind : finding_kinds()) {
        EXPECT_FALSE(kind.name.empty());
        EXPECT_TRUE(kind.check.ends_with('.') || kind.check.ends_with('?')) << kind.name;
    }
}

TEST(Findings, OfNothingAreNone) {
    const order::Flow flow;
    EXPECT_TRUE(findings_of(course_of({}, flow, {}, {})).empty());
}

TEST(Findings, LookAtSoManyMessagesOnly) {
    std::vector<chunk::Chunk> chunks;
    for (std::size_t i = 0; i < most_messages_of_a_course + 10; ++i) {
        chunks.push_back(test::chunk_of(
            {{"at", std::to_string(i)}, {"is", "OPTIONS"}, {"number", std::to_string(i)}}));
    }
    const order::Flow flow = order::order(chunks);
    EXPECT_EQ(course_of(chunks, flow, {}, {}).messages.size(), most_messages_of_a_course);
}

}  // namespace
}  // namespace ci::calls
