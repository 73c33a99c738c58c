#include "node/logins.h"

#include <gtest/gtest.h>

namespace ci::node {
namespace {

using namespace std::chrono_literals;

const Logins::Clock::time_point start{1000h};

TEST(Logins, AFewMistakesCostNothingAndGuessingIsSlow) {
    Logins logins;
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(logins.wait("a", start), 0ms);
        (void)logins.failed("a", start);
    }
    EXPECT_EQ(logins.wait("a", start), 1000ms);
    EXPECT_EQ(logins.wait("b", start), 0ms);
    for (int i = 0; i < 1000; ++i) (void)logins.failed("a", start);
    EXPECT_EQ(logins.wait("a", start + 4s), 1000ms);
    EXPECT_EQ(logins.wait("a", start + 6s), 0ms) << "the punishment outlasts the crime";
}

TEST(Logins, OneLineAMinuteTellsHowOften) {
    Logins logins;
    EXPECT_EQ(logins.failed("a", start).since, 1U);
    for (int i = 0; i < 9; ++i) EXPECT_FALSE(logins.failed("a", start + 30s).is_due);
    EXPECT_TRUE(logins.failed("b", start).is_due);
    const auto report = logins.failed("a", start + 61s);
    EXPECT_TRUE(report.is_due);
    EXPECT_EQ(report.since, 10U);
}

TEST(Logins, ManyAddressesDoNotFillTheLog) {
    Logins logins;
    int lines = 0;
    for (int i = 0; i < 500; ++i) lines += logins.failed(std::to_string(i), start).is_due ? 1 : 0;
    EXPECT_EQ(lines, 30);
    const auto report = logins.failed("499", start + 61s);
    EXPECT_TRUE(report.is_due);
    EXPECT_EQ(report.since, 2U);
}

TEST(Logins, MemoryIsBoundedHoweverManyAddressesFail) {
    Logins logins;
    for (int i = 0; i < 5'000; ++i) {
        (void)logins.failed(std::to_string(i), start + std::chrono::milliseconds(i));
    }
    EXPECT_EQ(logins.failures(), 5'000U);
    EXPECT_EQ(logins.failed("100", start + 2min).since, 1U) << "the oldest is forgotten";
}

}  // namespace
}  // namespace ci::node
