// The fuzz target's own code, over its seeds.
#include <gtest/gtest.h>

#include "../../fuzz/pieces_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): a program of its own
#include "support/corpus.h"

TEST(PiecesCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("pieces", LLVMFuzzerTestOneInput), 5U);
}
