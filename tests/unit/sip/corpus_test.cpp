// The fuzz target's own code, over its seeds.
#include "support/corpus.h"

#include <gtest/gtest.h>

#include "../../fuzz/sip_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): a program of its own

TEST(SipCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("sip", LLVMFuzzerTestOneInput), 10U);
}
