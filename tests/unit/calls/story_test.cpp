// The cases of tests/data/calls/stories.md, and the bounds of a story.
#include "calls/story/story.h"

#include <gtest/gtest.h>

#include <map>

#include "calls/messages.h"
#include "order/order.h"
#include "support/places.h"

namespace ci::calls {
namespace {

std::string story(const std::vector<chunk::Chunk>& chunks) {
    const order::Flow flow = order::order(chunks);
    std::map<std::string, std::size_t> legs;
    std::vector<std::size_t> leg_of;
    for (const chunk::Chunk& one : chunks) {
        leg_of.push_back(legs.emplace(one.call_id, legs.size()).first->second);
    }
    const Course course = course_of(chunks, flow, leg_of, {});
    std::string text;
    for (const Sentence& one : story_of(course, analysis_of(course))) {
        text += std::to_string(one.at / 1'000) + ' ' + one.text + '\n';
    }
    return text;
}

std::vector<chunk::Chunk> legs_of(std::string_view block) {
    std::vector<chunk::Chunk> chunks;
    while (!block.empty()) {
        const auto end = std::min(block.find('\n'), block.size() - 1);
        auto line = test::read_expected(block.substr(0, end));
        block.remove_prefix(end + 1);
        if (line.empty()) continue;
        const std::string leg = line.at("leg");
        line.erase("leg");
        chunks.push_back(test::chunk_of(line, leg));
    }
    return chunks;
}

class StoryCase : public testing::TestWithParam<test::MdCase> {};

TEST_P(StoryCase, IsTold) {
    EXPECT_EQ(story(legs_of(GetParam().block("messages"))), GetParam().block("story"))
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
    const std::string told = story(legs_of(block));
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
    const std::string told = story(legs_of(block));
    EXPECT_NE(told.find("10.0.0.14 and 35 more."), std::string::npos) << told;
}

}  // namespace
}  // namespace ci::calls
