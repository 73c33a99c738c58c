// Ordering must not depend on the key of its hash tables, and must stop when the asker gives up.
#include "wire/patience.h"

#include <gtest/gtest.h>

#include "order/events_json.h"
#include "order/order.h"
#include "order/recording.h"
#include "wire/hash.h"

namespace ci::order {
namespace {

constexpr const char* runs[] = {"kam2_hep2_skew-3.2s", "b2b_kam3_sofia3", "kam_hep3_kazoo"};

TEST(Order, DoesNotDependOnTheHashKey) {
    const wire::HashKey usual = wire::hash_key();
    for (const char* run : runs) {
        for (const auto& call : recorded::read_run(run)) {
            const auto expected = events_json(call.chunks, order(call.chunks));
            for (std::uint64_t key = 1; key <= 5; ++key) {
                wire::set_hash_key({key * 0x9e3779b97f4a7c15U, ~key});
                EXPECT_EQ(events_json(call.chunks, order(call.chunks)), expected) << call.id;
            }
            wire::set_hash_key(usual);
        }
    }
}

TEST(Order, IsGivenUpWhenNobodyWaitsAnyLonger) {
    const auto call = recorded::read_run(runs[0]).front();
    std::stop_source end;
    const wire::Patience patience(end.get_token());
    EXPECT_FALSE(order(call.chunks).events.empty());
    end.request_stop();
    EXPECT_THROW((void)order(call.chunks), wire::TookTooLong);
    EXPECT_THROW((void)chunk::read_line("{}"), wire::TookTooLong);
    {
        const wire::Patience another((std::stop_token()));
        EXPECT_FALSE(order(call.chunks).events.empty());
    }
    EXPECT_THROW((void)order(call.chunks), wire::TookTooLong);
}

}  // namespace
}  // namespace ci::order
