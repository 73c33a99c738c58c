// The fuzz target's own code, over its seeds.
#include "support/corpus.h"

#include <gtest/gtest.h>

#include "../../fuzz/hep_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): a program of its own

TEST(HepCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("hep", LLVMFuzzerTestOneInput), 10U);
}
