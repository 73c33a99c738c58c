#include "ladder/label.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/utf8.h"

namespace ci::ladder {
namespace {

using namespace std::string_literals;

std::string utf8(std::u32string_view text) {
    std::string out;
    for (const char32_t character : text) wire::append_utf8(character, out);
    return out;
}

struct Shown {
    const char* name;
    std::string start_line, message, label;
};

const std::string sdp = "\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n";

const Shown shown[] = {
    {"Request", "INVITE sip:b@c SIP/2.0", "", "INVITE"},
    {"WithSdp", "INVITE sip:b@c SIP/2.0", "INVITE sip:b@c SIP/2.0" + sdp, "INVITE"},
    {"Response", "SIP/2.0 486 Busy Here", "", "486 Busy Here"},
    {"ResponseWithSdp", "SIP/2.0 200 OK", "SIP/2.0 200 OK" + sdp, "200 OK"},
    {"KamailiosRemark", "SIP/2.0 100 trying -- your call is important to us", "", "100 trying"},
    {"NoReason", "SIP/2.0 180", "", "180"},
    {"Empty", "", "", "?"},
    {"Escape", "SIP/2.0 200 \x1b[2J", "", "200 \\x1b[2J"},
    {"LineEnd", "SIP/2.0 200 a\r\nb", "", "200 a\\r\\nb"},
    {"TurnsWriting", "SIP/2.0 200 \u202Eabc", "", "200 \\u202eabc"},
    {"ControlAboveAscii", "SIP/2.0 200 \u009Babc", "", "200 \\u009babc"},
    {"NotUtf8", "SIP/2.0 200 \xFF\xC3", "", "200 \\xff\\xc3"},
    {"Umlauts", "SIP/2.0 404 Nicht gefünden", "", "404 Nicht gefünden"},
    {"MarksThatCombine", "SIP/2.0 200 a\u0301b", "", "200 a\\u0301b"},
    {"Nul", "SIP/2.0 200 a\0b"s, "", "200 a\\x00b"},
};

class Labels : public testing::TestWithParam<Shown> {};
TEST_P(Labels, AreShortAndHarmless) {
    chunk::Chunk chunk;
    chunk.label = GetParam().start_line;
    chunk.message = GetParam().message;
    EXPECT_EQ(utf8(label(chunk)), GetParam().label);
    EXPECT_EQ(has_sdp(chunk), GetParam().message.ends_with(sdp) && !GetParam().message.empty());
}
INSTANTIATE_TEST_SUITE_P(Lines, Labels, testing::ValuesIn(shown),
                         [](const auto& row) { return row.param.name; });

TEST(Cut, LeavesAnEllipsis) {
    EXPECT_EQ(utf8(cut(U"200 Okay", 5)), "200 …");
    EXPECT_EQ(utf8(cut(U"200", 3)), "200");
    EXPECT_EQ(utf8(cut(U"200", 0)), "");
}

TEST(Cells, OfWideCharactersAreTwo) {
    EXPECT_EQ(printable("\u7535x").size(), 3U);
    EXPECT_EQ(printable("\U0001f680\U0001fa70").size(), 4U) << "rockets and shoes, too";
    EXPECT_EQ(cut(printable("\u7535\u8bdd"), 2), U" …") << "no half of a character is shown";
    EXPECT_EQ(cut(printable("\u7535\u8bdd"), 3).back(), U'…');
}

TEST(Wrapped, BreaksAtBlanksAndElsewhereIfItMust) {
    const std::vector<std::u32string> expected = {U"one", U"two", U"three", U"hundr", U"ed"};
    EXPECT_EQ(wrapped(U"one two three hundred", 5), expected);
    EXPECT_EQ(wrapped(U"one two", 7), std::vector<std::u32string>{U"one two"});
}

}  // namespace
}  // namespace ci::ladder
