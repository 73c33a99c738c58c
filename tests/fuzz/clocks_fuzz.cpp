// What was learnt of clocks, as it is kept in a file that anybody may have edited: whatever is read
// can be gone on with, asked, and kept again.
#include "clocks/kept_clocks.h"
#include "clocks/learner.h"
#include "must.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace ci;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto kept = clocks::read_clocks(text, 0);
    clocks::Learner learner;
    learner.restore(kept.rows);
    auto table = learner.table();
    constexpr wire::Micros now = 1'800'000'000'000'000;
    for (int i = 0; i < 10; ++i) {
        table.arrived("a", now + i, now + 2 * i);
        table.seen_by_both({"a", now, now}, {"b", now + i, now});
    }
    for (const auto& one : table.known()) {
        fuzz::must(one.delivery.median >= 0, "nothing arrives before it is sent");
    }
    const auto priors = table.priors();
    for (std::size_t i = 1; i < priors.size(); ++i) {
        fuzz::must(priors[i - 1].observer < priors[i].observer, "priors are sorted");
    }
    for (const auto& prior : priors) fuzz::must(prior.spread >= 1, "a spread is at least 1");
    (void)clocks::to_text(table.rows());
    return 0;
}
