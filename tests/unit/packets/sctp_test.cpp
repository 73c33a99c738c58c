#include <gtest/gtest.h>

#include "packets/capture.h"
#include "packets/frames.h"

namespace {

using namespace ci;
using namespace ci::test;
using packets::Fate;
using packets::Loss;

std::string packet(const std::string& chunks) {
    return ipv4("192.0.2.1", "192.0.2.2", 132, sctp(5070, 5060, chunks));
}
/// `two` in three chunks from `number` on.
Chunk part(std::uint32_t number, std::size_t which, std::size_t stream = 0) {
    constexpr std::size_t size = 60;
    return {number + static_cast<std::uint32_t>(which),
            which == 2 ? two.substr(2 * size) : two.substr(which * size, size), which == 0,
            which == 2, stream};
}

TEST(Sctp, MessagesAreChunks) {
    Capture capture;
    capture.take(packet(sctp_data({10, one}))).take(packet(sctp_data({11, two})));
    EXPECT_EQ(capture.messages(), (Texts{one, two}));
    EXPECT_EQ(capture.seen[0].protocol, 132);
    EXPECT_EQ(capture.seen[0].source, "192.0.2.1:5070");
    const std::string sack = std::string("\x03\0\0\x10", 4) + std::string(12, '\0');
    Capture bundled;
    bundled.take(
        packet(sack + sctp_data({10, one}) + sctp_data({11, one + "x"}) + sctp_data({12, two})));
    EXPECT_EQ(bundled.seen.size(), 3U);
    bundled.take(packet(sack));
    EXPECT_EQ(bundled.fate(Fate::sctp_control), 1U);
}

TEST(Sctp, NumbersThatCameBeforeAreTakenOnce) {
    for (const std::uint32_t first : {10U, 0xffffffffU}) {
        Capture capture;
        for (int times = 0; times < 2; ++times) {
            capture.take(packet(sctp_data({first, one})));
            capture.take(packet(sctp_data({first + 2, one})));
            capture.take(packet(sctp_data({first + 1, two})));
        }
        EXPECT_EQ(capture.messages(), (Texts{one, one, two}));
        EXPECT_EQ(capture.fate(Fate::sctp_again), 3U);
    }
}

TEST(Sctp, ANewAssociationBeginsAnew) {
    Capture capture;
    capture.take(packet(sctp_data({10, one})));
    capture.take(packet(std::string("\x01\0\0\x14", 4) + std::string(16, '\0')));
    capture.take(packet(sctp_data({10, two})));
    EXPECT_EQ(capture.messages(), (Texts{one, two}));
}

TEST(Sctp, PartsAreJoinedInAnyOrder) {
    const std::size_t orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {2, 0, 1}};
    for (const auto& order : orders) {
        Capture capture;
        for (const std::size_t which : order) {
            EXPECT_TRUE(capture.seen.empty());
            capture.take(packet(sctp_data(part(0xfffffffe, which))));
            capture.take(packet(sctp_data(part(0xfffffffe, which))));
        }
        EXPECT_EQ(capture.messages(), Texts{two});
    }
    Capture streams;
    for (const std::size_t which : {0U, 1U, 2U}) {
        streams.take(packet(sctp_data(part(10, which, 1))));
        streams.take(
            ipv4("192.0.2.2", "192.0.2.1", 132, sctp(5060, 5070, sctp_data(part(10, which)))));
    }
    EXPECT_EQ(streams.messages(), (Texts{two, two}));
}

TEST(Sctp, WhatIsMissingLeavesAMessageCutShort) {
    Chunk first = part(10, 0);
    first.payload = two.substr(0, 150);
    Capture capture;
    capture.take(packet(sctp_data({9, one})));
    capture.take(packet(sctp_data(first)));
    const wire::Micros began = capture.now;
    capture.take(packet(sctp_data(part(10, 2))));
    capture.decoder.pass(capture.now + 29'000'000);
    EXPECT_EQ(capture.messages(), Texts{one});
    capture.decoder.pass(capture.now + 31'000'000);
    ASSERT_EQ(capture.seen.size(), 2U);
    EXPECT_TRUE(capture.seen[1].is_cut);
    EXPECT_EQ(capture.seen[1].at, began);
    EXPECT_EQ(capture.loss(Loss::sctp_lost), 2U);
    capture.take(packet(sctp_data(part(10, 1))));
    capture.decoder.end();
    EXPECT_EQ(capture.seen.size(), 2U) << "not twice";

    Capture snapped;
    const std::string whole = packet(sctp_data({10, two}));
    snapped.take(whole.substr(0, whole.size() - 20));
    ASSERT_EQ(snapped.seen.size(), 1U);
    EXPECT_TRUE(snapped.seen[0].is_cut);
}

TEST(Sctp, InUdp) {
    Capture capture;
    capture.take(
        ipv4("192.0.2.1", "192.0.2.2", 17, udp(9899, 9899, sctp(5070, 5060, sctp_data({1, one})))));
    EXPECT_EQ(capture.messages(), Texts{one});
    EXPECT_EQ(capture.seen[0].protocol, 132);
    EXPECT_EQ(capture.seen[0].source, "192.0.2.1:5070");
}

TEST(Sctp, ThatIsBrokenOrOtherIsCounted) {
    const struct {
        std::string frame;
        Fate fate;
    } cases[] = {
        {ipv4("192.0.2.1", "192.0.2.2", 132, "short"), Fate::bad_length},
        {packet(std::string("\0\3\0\2", 4)), Fate::bad_length},
        {packet(std::string("\0\3\xff\0", 4)), Fate::bad_length},
        {packet(sctp_data({1, "diameter, say"})), Fate::not_sip},
        {packet(sctp_data({1, "\r\n\r\n"})), Fate::keepalive},
        {packet(""), Fate::sctp_control},
    };
    for (const auto& [frame, fate] : cases) {
        Capture capture;
        capture.take(frame);
        EXPECT_EQ(capture.fate(fate), 1U) << packets::fate_names[static_cast<std::size_t>(fate)];
    }
}

TEST(Sctp, IsNotKeptWithoutLimit) {
    packets::Decoder::Limits limits;
    limits.sctp.flows = 10;
    limits.sctp.pieces = 8;
    limits.sctp.bytes = 4'000;
    Capture capture(packets::Link::raw, limits);
    const std::string begin = one.substr(0, 100);
    for (std::size_t port = 1; port <= 100; ++port) {
        capture.take(ipv4("192.0.2.1", "192.0.2.2", 132,
                          sctp(port, 5060, sctp_data({1, begin, true, false}))));
    }
    EXPECT_EQ(capture.loss(Loss::sctp_lost), 90U);
    for (std::uint32_t i = 0; i < 100; ++i) {
        capture.take(packet(sctp_data({2 * i, begin, true, false})));
    }
    EXPECT_GE(capture.loss(Loss::sctp_lost), 180U);
}

}  // namespace
