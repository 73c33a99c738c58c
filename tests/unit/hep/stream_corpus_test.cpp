// The fuzz target's own code, over its seeds.
#include <gtest/gtest.h>

#include "support/corpus.h"

#define LLVMFuzzerTestOneInput stream_takes_one_input  // this program has another target, too
#include "../../fuzz/stream_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): a program of its own

TEST(StreamCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("stream", LLVMFuzzerTestOneInput), 5U);
}
