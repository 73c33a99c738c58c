#include "commands/ladder_options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ci::commands {
namespace {

using Words = std::vector<std::string>;

TEST(LadderOptions, WithoutAnyAreTheUsualOnes) {
    const auto view = read_view({});
    ASSERT_TRUE(view);
    EXPECT_EQ(view->width, ladder::usual_width);
    EXPECT_FALSE(view->colour || view->ascii || view->open);
    EXPECT_TRUE(view->sdp);
}

TEST(LadderOptions, MayComeInAnyOrder) {
    const auto view =
        read_view(Words{"legs=A,C", "ascii", "80", "hosts=kam1,,fs1,", "open", "nosdp", "color"});
    ASSERT_TRUE(view);
    EXPECT_EQ(view->width, 80U);
    EXPECT_TRUE(view->colour && view->ascii && view->open);
    EXPECT_FALSE(view->sdp);
    EXPECT_EQ(view->only_legs, (Words{"A", "C"}));
    EXPECT_EQ(view->only_hosts, (Words{"kam1", "fs1"}));
}

TEST(LadderOptions, OfTwoThatContradictEachOtherTheLastCounts) {
    EXPECT_FALSE(read_view(Words{"color", "nocolor"})->colour);
    EXPECT_FALSE(read_view(Words{"ascii", "unicode"})->ascii);
    EXPECT_FALSE(read_view(Words{"open", "folded"})->open);
    EXPECT_TRUE(read_view(Words{"nosdp", "sdp"})->sdp);
}

TEST(LadderOptions, ThatAreNotKnownAreAnErrorThatNamesThose) {
    for (const char* bad : {"59", "1001", "99999999999999999999", "-80", "", "legs=", "hosts=,",
                            "Color", "color ", "legs"}) {
        const auto view = read_view(Words{"ascii", bad});
        ASSERT_FALSE(view) << bad;
        EXPECT_TRUE(view.error().starts_with("unknown option '" + std::string(bad) + "'"));
        for (const char* known :
             {"60 to 1000", "nocolor", "ascii", "open", "nosdp", "legs=", "hosts="}) {
            EXPECT_NE(view.error().find(known), std::string::npos) << known;
        }
    }
    EXPECT_TRUE(read_view(Words{"x\x1b[2J"}).error().starts_with("unknown option 'x\\x1b[2J'"));
    EXPECT_TRUE(read_view(Words{"60"}) && read_view(Words{"1000"}));
}

}  // namespace
}  // namespace ci::commands
