// The fuzz target's own code, over its seeds.
#include "support/corpus.h"

#include <gtest/gtest.h>

#include "../../fuzz/expression_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): its own program

TEST(ExpressionCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("expression", LLVMFuzzerTestOneInput), 10U);
}
