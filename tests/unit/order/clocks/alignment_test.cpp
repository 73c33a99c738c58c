#include "order/clocks/alignment.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

/// How far the clocks of two observers without a common message are from the truth, 3 s.
Micros error_of(const std::vector<ClockPrior>& priors) {
    Scene world({{"a", "192.0.2.1", 3 * second}, {"b", "192.0.2.3"}});
    for (int i = 0; i < 4; ++i) {
        const std::string number = std::to_string(i + 1);
        world.send(i * second, alice, proxy, {"INFO", number + " INFO", {"a" + number}, "t", ""});
        world.send(i * second + 400 * ms, bob, proxy,
                   {"INFO", number + " INFO", {"b" + number}, "u", "", "bob"});
    }
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "a") *chunk.ref_timestamp += 50 * ms;  // its reports take long
    }
    const Flow flow = order(world.chunks, priors);
    return std::abs(flow.clocks[0].offset - flow.clocks[1].offset - 3 * second);
}

TEST(Alignment, UsesWhatWasKnownOfClocksBefore) {
    EXPECT_GT(error_of({}), 20 * ms);
    EXPECT_LT(error_of({{"a", start, 3 * second, 0, 100}, {"b", start, 0, 0, 100}}), 5 * ms);
}

}  // namespace
}  // namespace ci::order
