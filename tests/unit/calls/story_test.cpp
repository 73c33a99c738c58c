// The cases of tests/data/calls/stories.md, and the bounds of a story.
#include "calls/story/story.h"

#include <gtest/gtest.h>

#include "calls/messages.h"
#include "order/order.h"
#include "support/places.h"

namespace ci::calls {
namespace {

std::string story(const std::vector<chunk::Chunk>& chunks) {
    const order::Flow flow = order::order(chunks);
    const Course course = course_of(chunks, flow, test::legs_of(chunks), {});
    std::string text;
    for (const Sentence& one : story_of(course, analysis_of(course))) {
        text += std::to_string(one.at / 1'000) + ' ' + one.text + '\n';
    }
    return text;
}

class StoryCase : public testing::TestWithParam<test::MdCase> {};

TEST_P(StoryCase, IsTold) {
    EXPECT_EQ(story(test::chunks_of(GetParam().block("messages"))), GetParam().block("story"))
        << GetParam().place;
}

INSTANTIATE_TEST_SUITE_P(Markdown, StoryCase,
                         testing::ValuesIn(test::read_md_cases(test::data("calls/stories.md"))),
                         [](const auto& one) { return test::name_of(one.param); });

TEST(Story, HasADozenSentencesHoweverMuchHappens) {
    std::string block = "at=0 leg=a is=INVITE hop=1>3\n";
    for (int i = 0; i < 40; ++i) {
        const std::string leg = "b" + std::to_string(i), at = std::to_string(100 + i * 2'000);
        const std::string of = " leg=" + leg + " from_tag=" + leg + " hop=";
        block += "at=" + at + of + "3>" + std::to_string(10 + i) + " is=INVITE\n";
        block += "at=" + at + "9" + of + std::to_string(10 + i) + ">3 is=486 to_tag=t" + leg + "\n";
    }
    const std::string told = story(test::chunks_of(block));
    EXPECT_LE(std::count(told.begin(), told.end(), '\n'), 12);
    EXPECT_NE(told.find("steps are left out here"), std::string::npos) << told;
}

TEST(Story, NamesSomeOfVeryManyHosts) {
    std::string block = "at=0 leg=a is=INVITE hop=1>3\n";
    for (int i = 0; i < 40; ++i) {
        const std::string leg = "b" + std::to_string(i);
        block += "at=" + std::to_string(100 + i) + " leg=" + leg + " from_tag=" + leg + " hop=3>" +
                 std::to_string(10 + i) + " is=INVITE\n";
    }
    const std::string told = story(test::chunks_of(block));
    EXPECT_NE(told.find("10.0.0.14 and 35 more."), std::string::npos) << told;
}

}  // namespace
}  // namespace ci::calls
