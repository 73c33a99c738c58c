#include "wire/visible.h"

#include <gtest/gtest.h>

namespace ci::wire {
namespace {

TEST(Visible, LinesShowWhatATerminalWouldObeyOrHide) {
    EXPECT_EQ(visible_line("J\xc3\xbcrgen \xe2\x94\x82"), "J\xc3\xbcrgen \xe2\x94\x82");
    EXPECT_EQ(visible_line("a\x1b[2J\n\r\t\x7f"), "a\\x1b[2J\\n\\r\\t\\x7f");
    EXPECT_EQ(visible_line("\xc2\x9b|\xd8\x9c|\xe2\x80\xae|\xe2\x81\xa9|\xef\xbb\xbf"),
              "\\u009b|\\u061c|\\u202e|\\u2069|\\ufeff");
    EXPECT_EQ(visible_line("\x9b\xff"), "\\x9b\\xff");
    EXPECT_EQ(visible_line(std::string_view("\0", 1)), "\\x00");
}

TEST(Visible, JsonMeansTheSameAndLineFeedsStay) {
    EXPECT_EQ(visible("{\"a\":\"\x7f\xc2\x9b\xe2\x80\xa8\xf3\xa0\x80\x81\"}\n"),
              "{\"a\":\"\\u007f\\u009b\\u2028\\udb40\\udc01\"}\n");
    EXPECT_EQ(visible("a\nb\n"), "a\nb\n");
    EXPECT_EQ(visible("\x1b"), "\\u001b");
}

TEST(VisibleColoured, LeavesColoursAndNothingElse) {
    EXPECT_EQ(visible_coloured("a \x1b[31mb\x1b[0m\n"), "a \x1b[31mb\x1b[0m\n");
    EXPECT_EQ(visible_coloured("\x1b[2J\x1b[m\x1b[1;5m"), "\\u001b[2J\\u001b[m\\u001b[1;5m");
    EXPECT_EQ(visible_coloured("\x1b[3"), "\\u001b[3");
    EXPECT_EQ(visible_coloured("\x1b["), "\\u001b[");
    EXPECT_EQ(visible_coloured("\x1b\x1b[31m"), "\\u001b\x1b[31m");
    EXPECT_EQ(visible_coloured("\u009b31m\u202e"), "\\u009b31m\\u202e");
}

}  // namespace
}  // namespace ci::wire
