// The fuzz target's own code, over its seeds.
#include <gtest/gtest.h>

#include "../../fuzz/logs_freeswitch_fuzz.cpp"  // NOLINT(bugprone-suspicious-include)
#include "support/corpus.h"

TEST(FreeswitchCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("logs_freeswitch", LLVMFuzzerTestOneInput), 10U);
}
