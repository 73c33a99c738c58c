#include "os/sleep.h"

#include <gtest/gtest.h>

#include <thread>

namespace {

using ci::os::sleep_for;
using namespace std::chrono_literals;

TEST(SleepTest, LastsItsTime) {
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(sleep_for(std::stop_source().get_token(), 20ms));
    EXPECT_GE(std::chrono::steady_clock::now() - before, 20ms);
}

TEST(SleepTest, EndsWhenTheThreadIsToEnd) {
    bool slept_to_the_end = true;
    std::jthread thread(
        [&](const std::stop_token& stop) { slept_to_the_end = sleep_for(stop, 1h); });
    thread.request_stop();
    thread.join();
    EXPECT_FALSE(slept_to_the_end);
}

}  // namespace
