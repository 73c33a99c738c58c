// Never are strangers joined by sure evidence, and hardly ever by a guess. tests/bench/truth_crowd
// asks for all of 10,000 calls.
#include "support/crowd.h"

#include <gtest/gtest.h>

namespace ci::test {
namespace {

TEST(Crowd, NoStrangersAreJoinedBySureEvidenceAndHardlyAnyByGuesses) {
    Crowd crowd(7);
    crowd.make(1'500, 30 * one_second);
    const CrowdScore score = score_crowd(crowd, 4);
    EXPECT_EQ(score.surely_wrong, 0U) << score.told;
    EXPECT_EQ(score.surely_missing, 0U);
    EXPECT_GT(score.right, 500U);
    EXPECT_GE(1'000 * score.right, 999 * (score.right + score.wrong)) << score.told;
    EXPECT_GE(100 * score.right, 97 * (score.right + score.missing));
}

}  // namespace
}  // namespace ci::test
