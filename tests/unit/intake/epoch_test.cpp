#include "intake/epoch.h"

#include <gtest/gtest.h>

namespace {

using namespace ci;

constexpr wire::Micros second = 1'000'000;

TEST(NtpEpoch, BeginsAnewIn2036) {
    // RFC 5905 6: 2^32 seconds after 1900 the 32 bits of NTP's seconds begin at 0.
    constexpr wire::Micros arrival = 2'100'000'000 * second;  // in 2036
    constexpr wire::Micros since_1900 = 2'100'000'000 + wire::ntp_epoch_seconds;
    constexpr wire::Micros stamp = (since_1900 - (wire::Micros{1} << 32U)) * second;
    EXPECT_EQ(intake::from_ntp_epoch(stamp, arrival), arrival);
    EXPECT_EQ(intake::from_ntp_epoch(stamp + 86'401 * second, arrival), std::nullopt);
}

}  // namespace
