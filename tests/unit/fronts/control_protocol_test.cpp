#include "fronts/control_protocol.h"

#include <gtest/gtest.h>

namespace {

using namespace std::literals;
using namespace ci::fronts;
using ci::commands::Outcome;
using ci::commands::Status;

TEST(ControlProtocol, WordsComeBack) {
    const std::vector words{"callid_details"s, ""s, "m\xfcller@x y"s};
    const auto question = encode_question(words);
    ASSERT_TRUE(question);
    std::array<char, question_head> head{};
    question->copy(head.data(), head.size());
    const auto decoded = decode_question_head(head);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->length, question->size() - question_head);
    EXPECT_EQ(decoded->after, After::end);
    EXPECT_EQ(decode_question(std::string_view(*question).substr(question_head)), words);
}

TEST(ControlProtocol, AQuestionTellsThatMoreMayFollow) {
    const auto question = encode_question(std::vector{"flush"s}, After::more);
    ASSERT_TRUE(question);
    EXPECT_EQ(*question, "\x80\0\0\x06"s + "flush\0"s);
    const auto decoded = decode_question_head({'\x80', '\0', '\0', '\x06'});
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->length, 6U);
    EXPECT_EQ(decoded->after, After::more);
}

TEST(ControlProtocol, RefusesWhatIsNoQuestion) {
    EXPECT_FALSE(decode_question(""));
    EXPECT_FALSE(decode_question("flush"));
    EXPECT_FALSE(decode_question("flush\0x"sv));
    EXPECT_FALSE(decode_question_head({'\0', '\x01', '\0', '\x01'}));
    EXPECT_FALSE(decode_question_head({'\x80', '\x01', '\0', '\x01'}));
    EXPECT_FALSE(decode_question_head({'\x40', '\0', '\0', '\x06'})) << "an unknown bit";
    EXPECT_FALSE(encode_question(std::vector{std::string(question_limit, 'x')}));
}

TEST(ControlProtocol, AnAnswerCutShortIsNoAnswer) {
    const std::string text = "no active parser\n";
    const auto head = encode_answer_head(Status::failed, text.size());
    const std::string stream = std::string(head.data(), head.size()) + text;
    const auto whole = decode_answer(stream);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->status, Status::failed);
    EXPECT_EQ(whole->text, text);
    for (std::size_t left = 0; left < stream.size(); ++left) {
        EXPECT_FALSE(decode_answer(std::string_view(stream).substr(0, left))) << left;
    }
    EXPECT_FALSE(decode_answer(stream + "x"));
}

}  // namespace
