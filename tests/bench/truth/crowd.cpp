// How well the legs of calls are found: 10,000 calls that go on at once, of which a fifth is left
// to guesses. truth_crowd [CALLS [SEED]]
#include "support/crowd.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    const std::size_t calls = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 10'000;
    const auto seed = static_cast<unsigned>(argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 7);
    ci::test::Crowd crowd(seed);
    crowd.make(calls, 200 * ci::test::one_second);
    crowd.dialogues.look_ups = 0;
    const auto start = std::chrono::steady_clock::now();
    const ci::test::CrowdScore score = ci::test::score_crowd(crowd, 1);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const auto part = [](std::size_t of, std::size_t more) {
        return 100 * static_cast<double>(of) /
               static_cast<double>(std::max<std::size_t>(of + more, 1));
    };
    const auto per_call = static_cast<double>(std::max<std::size_t>(score.asked, 1));
    std::printf("calls %zu, legs right %zu, wrong %zu (sure %zu), missing %zu (sure %zu)\n",
                score.asked, score.right, score.wrong, score.surely_wrong, score.missing,
                score.surely_missing);
    std::printf("precision %.3f %%, recall %.3f %%, look-ups a call %.1f, time a call %.0f us\n",
                part(score.right, score.wrong), part(score.right, score.missing),
                static_cast<double>(crowd.dialogues.look_ups) / per_call,
                took.count() / per_call * 1e6);
    return score.surely_wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
