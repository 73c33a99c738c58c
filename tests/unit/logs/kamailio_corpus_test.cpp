// The fuzz target's own code, over its seeds.
#include <gtest/gtest.h>

#include "support/corpus.h"

#define LLVMFuzzerTestOneInput kamailio_log_takes_one_input  // this program has another target, too
#include "../../fuzz/logs_kamailio_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): a program of its own

TEST(KamailioLogCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("logs_kamailio", LLVMFuzzerTestOneInput), 50U);
}
