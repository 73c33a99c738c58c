// How a front end carries `follow` out.
#include "commands/follow.h"

#include <gtest/gtest.h>

namespace ci::commands {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

Following begun(const std::string& answer, Following::Clock::time_point now = {}) {
    auto following = Following::of(Words{"follow", "from=alice", "5"});
    Outcome outcome{Status::ok, answer};
    EXPECT_TRUE(following && following->take(outcome, now));
    EXPECT_EQ(outcome.text, "");
    return *std::move(following);
}

TEST(Following, IsForThatCommandOnly) {
    EXPECT_TRUE(Following::of(Words{"follow", "x"}));
    for (const Words& words :
         {Words{}, Words{"follow"}, Words{"follow_next", "1", "x"}, Words{"search", "x"}}) {
        EXPECT_FALSE(Following::of(words));
    }
}

TEST(Following, GoesOnFromTheCursorOfTheLastAnswerUntilTheTimeIsOver) {
    const Following::Clock::time_point start{};
    Following following = begun("70 5\n", start);
    EXPECT_EQ(following.question(), (Words{"follow_next", "70", "from=alice"}));
    Outcome answer{Status::ok, "75!\n{\"a\":1}\n{\"b\":2}\n"};
    EXPECT_TRUE(following.take(answer, start + 4s));
    EXPECT_EQ(answer.text, "{\"a\":1}\n{\"b\":2}\n");
    EXPECT_EQ(following.question(), (Words{"follow_next", "75!", "from=alice"}));
    answer = {Status::ok, "76\n{\"c\":3}\n"};
    EXPECT_FALSE(following.take(answer, start + 5s));
    EXPECT_EQ(answer.text, "{\"c\":3}\n") << "what came last is printed as well";
}

TEST(Following, EndsWithAFailure) {
    auto following = Following::of(Words{"follow", "form=alice"});
    Outcome answer{Status::usage, "column 1: no field\n"};
    EXPECT_FALSE(following->take(answer, {}));
    EXPECT_EQ(answer.text, "column 1: no field\n");
    Following later = begun("70 5\n");
    answer = {Status::failed, "busy\n"};
    EXPECT_FALSE(later.take(answer, {}));
    EXPECT_EQ(answer.text, "busy\n");
}

}  // namespace
}  // namespace ci::commands
