// The fuzz target's own code, over its seeds.
#include <gtest/gtest.h>

#include "../../fuzz/erlang_text_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): a program of its own
#include "support/corpus.h"

TEST(ErlangTextCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("erlang_text", LLVMFuzzerTestOneInput), 0U);
}
