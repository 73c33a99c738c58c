#include "order/timers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

struct Timer {
    Micros elapsed;
    bool is_invite;
    std::optional<unsigned> slot;
};

TEST(Timers, AreThoseOfRfc3261) {
    const Timer timers[] = {{500 * ms, true, 1},
                            {1'500 * ms, true, 2},
                            {3'500 * ms, true, 3},
                            {7'500 * ms, true, 4},
                            {15'500 * ms, true, 5},
                            {31'500 * ms, true, 6},
                            {7'500 * ms, false, 4},
                            {11'500 * ms, false, 5},
                            {15'500 * ms, false, 6},
                            {560 * ms, false, 1},
                            {3'420 * ms, true, 3},
                            {11'500 * ms, true, std::nullopt},
                            {100 * ms, true, std::nullopt},
                            {1'000 * ms, false, std::nullopt},
                            {90 * second, false, std::nullopt},
                            {-second, true, std::nullopt}};
    for (const Timer& timer : timers) {
        EXPECT_EQ(timer_slot(timer.elapsed, timer.is_invite), timer.slot) << timer.elapsed;
    }
}

}  // namespace
}  // namespace ci::order
