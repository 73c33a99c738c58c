// The fuzz target's own code, over its seeds.
#include <gtest/gtest.h>

#include "support/corpus.h"

#define LLVMFuzzerTestOneInput evidence_fuzz_input
#include "../../fuzz/evidence_fuzz.cpp"  // NOLINT(bugprone-suspicious-include): its own program
#undef LLVMFuzzerTestOneInput

TEST(EvidenceCorpus, KeepsTheFuzzTargetsOpinions) {
    EXPECT_GT(ci::test::replay_corpus("evidence", evidence_fuzz_input), 4U);
}
