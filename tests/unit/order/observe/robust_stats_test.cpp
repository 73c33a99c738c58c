#include "order/observe/robust_stats.h"

#include <gtest/gtest.h>

#include <vector>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

TEST(RobustStats, ModeHoldsWhenMoreThanHalfAreWrong) {
    std::vector<Micros> values = {100, 101, 99, 5'000, 31'000, 12'000, 22'000};
    EXPECT_NEAR(static_cast<double>(mode(values)), 100, 1);
}

TEST(RobustStats, OfNothingIsNothing) {
    std::vector<Micros> none;
    EXPECT_EQ(mode(none), 0);
    EXPECT_EQ(quantile(none, 0.3), 0);
}

}  // namespace
}  // namespace ci::order
