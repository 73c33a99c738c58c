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

}  // namespace
}  // namespace ci::wire
