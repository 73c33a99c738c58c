// What a sender does lately, from drafts as intake makes them.
#include "sources/habits.h"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace ci;
using sources::Habits;

constexpr wire::Micros ms = 1'000, second = 1'000'000;

const wire::Endpoint a = *wire::parse_endpoint("192.0.2.1:5060");
const wire::Endpoint b = *wire::parse_endpoint("192.0.2.2:5060");
const wire::Endpoint c = *wire::parse_endpoint("192.0.2.3:5060");

struct Message {
    wire::Endpoint from = a, to = b;
    wire::Micros at = 0;
    std::string call_id = "one";
    std::string c_seq = "1 INVITE";
    std::string label = "INVITE sip:b SIP/2.0";
    std::string text = "INVITE sip:b SIP/2.0\r\n\r\n";
    std::string method = "INVITE";
};

void note(Habits& habits, const Message& message, const sources::Origin& origin = {}) {
    chunk::Draft draft;
    draft.src = message.from;
    draft.dst = message.to;
    draft.timestamp = draft.ref_timestamp = message.at;
    draft.call_id = message.call_id;
    draft.c_seq = message.c_seq;
    draft.label = message.label;
    draft.message = message.text;
    draft.method = message.method;
    draft.hep_version = 3;
    habits.note(draft, origin);
}

TEST(Habits, AMessageThatComesAgainAtOnceCameTwice) {
    Habits habits;
    for (int i = 0; i < 5; ++i) {
        const std::string call_id = "call " + std::to_string(i);
        note(habits, {.at = i * second, .call_id = call_id});
        note(habits, {.at = i * second + ms, .call_id = call_id});
    }
    EXPECT_EQ(habits.counts().twice, 5U);
    EXPECT_EQ(habits.counts().all, 10U);
}

TEST(Habits, ARetransmissionDidNotComeTwice) {
    Habits habits;
    for (const wire::Micros at : {0 * ms, 500 * ms, 1'500 * ms}) note(habits, {.at = at});
    EXPECT_EQ(habits.counts().twice, 0U);
}

TEST(Habits, OfThreeOneCameTwice) {
    Habits habits;
    for (const wire::Micros at : {0, 1, 2}) note(habits, {.at = at * ms});
    EXPECT_EQ(habits.counts().twice, 1U);
}

TEST(Habits, ALongCallIdIsReadToItsEnd) {
    Habits habits;
    for (const char* end : {"1@192.0.2.1", "2@192.0.2.1", "2@192.0.2.2", "2@192.0.2.22"}) {
        note(habits, {.call_id = std::string("a long text that all of them have, ") + end});
    }
    EXPECT_EQ(habits.counts().twice, 0U);
}

TEST(Habits, WhatDiffersDidNotComeTwice) {
    Habits habits;
    note(habits, {});
    note(habits, {.text = "INVITE sip:b SIP/2.0\r\nVia: of the proxy\r\n\r\n"});
    note(habits, {.c_seq = "2 INVITE"});
    note(habits, {.call_id = "two"});
    note(habits, {.label = "SIP/2.0 180 Ringing"});
    note(habits, {.label = "SIP/2.0 183 Session Progress"});
    note(habits, {.to = *wire::parse_endpoint("192.0.2.2:5062")});
    EXPECT_EQ(habits.counts().twice, 0U);
    EXPECT_EQ(habits.counts().all, 7U);
}

TEST(Habits, AHopWithAnswersIsNotOneWay) {
    Habits habits;
    for (int i = 0; i < 6; ++i) {
        note(habits, {.from = a, .to = b, .at = i * second});
        note(habits, {.from = b, .to = a, .at = i * second + ms});
        note(habits, {.from = a, .to = c, .at = i * second + 2 * ms});
    }
    EXPECT_EQ(habits.counts().on_hops, 18U);
    EXPECT_EQ(habits.counts().one_way, 6U);
}

TEST(Habits, PortsTellHostsOfOneAddressApart) {
    Habits habits;
    const auto other_port = *wire::parse_endpoint("192.0.2.1:5080");
    for (int i = 0; i < 6; ++i) note(habits, {.from = a, .to = other_port, .at = i * second});
    EXPECT_EQ(habits.counts().one_way, 6U);
    note(habits, {.from = other_port, .to = a, .at = 7 * second});
    EXPECT_EQ(habits.counts().one_way, 0U);
}

TEST(Habits, ManyHostsTakeNoMoreRoom) {
    Habits habits;
    for (std::uint8_t i = 1; i < 250; ++i) {
        auto host = b;
        host.address.bytes[3] = i;
        note(habits, {.to = host, .at = i * second, .call_id = std::to_string(i)});
    }
    const auto counts = habits.counts();
    EXPECT_EQ(counts.all, 249U);
    EXPECT_GT(counts.on_hops, 0U);
    EXPECT_LT(counts.on_hops, 249U);
    EXPECT_EQ(counts.one_way, counts.on_hops);
}

TEST(Habits, WhatIsLongAgoIsForgotten) {
    Habits habits;
    const sources::Origin strange{.is_empty_ipv6 = true, .is_same_ends = true};
    note(habits, {.method = "OPTIONS"}, strange);
    EXPECT_EQ(habits.counts().empty_ipv6, 1U);
    EXPECT_EQ(habits.counts().same_ends, 1U);
    EXPECT_EQ(habits.counts().options, 1U);
    note(habits, {.at = Habits::oldest_window});
    EXPECT_EQ(habits.counts().options, 1U);
    EXPECT_EQ(habits.counts().lasted, Habits::oldest_window);
    note(habits, {.at = 2 * Habits::oldest_window});
    EXPECT_EQ(habits.counts().options, 0U);
    EXPECT_EQ(habits.counts().empty_ipv6, 0U);
    EXPECT_EQ(habits.counts().all, 2U);
}

TEST(Habits, OfABusySenderAreForgottenSooner) {
    Habits habits;
    wire::Micros at = 0;
    note(habits, {.method = "OPTIONS"});
    while (at < 3 * Habits::window) {
        at += second / 4;
        note(habits, {.at = at});
    }
    EXPECT_EQ(habits.counts().options, 0U);
    EXPECT_LE(habits.counts().lasted, 2 * Habits::window);
}

TEST(Habits, EventsAreNoMessages) {
    Habits habits;
    chunk::Draft draft;
    draft.event = "log";
    habits.note(draft, {.maker = hep::Maker::opensips});
    EXPECT_EQ(habits.counts().all, 0U);
    EXPECT_EQ(habits.maker(), hep::Maker::opensips);
}

}  // namespace
