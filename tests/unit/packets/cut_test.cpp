// Messages captured only in part: the captured part is delivered, once.
#include <gtest/gtest.h>

#include "packets/capture.h"
#include "packets/frames.h"

namespace {

using namespace ci;
using namespace ci::test;
using packets::Fate;
using packets::Loss;

const std::string whole = udp(5070, 5060, two);

std::string fragment(std::size_t offset, std::size_t size, std::size_t id = 7) {
    return ipv4("192.0.2.1", "192.0.2.2", 17, whole.substr(offset, size),
                {id, offset, offset + size < whole.size()});
}

TEST(Cut, FragmentsAreAMessageAsFarAsTheyGo) {
    for (const int how : {0, 1, 2}) {  // lost by the end, by time, by others that need the room
        packets::Decoder::Limits limits;
        limits.fragments.datagrams = 2;
        Capture capture(packets::Link::raw, limits);
        capture.take(fragment(0, 120));
        const wire::Micros began = capture.now;
        capture.take(fragment(120, 24)).take(fragment(160, 8));
        if (how == 0) capture.decoder.end();
        if (how == 1) capture.decoder.pass(capture.now + 31'000'000);
        for (std::size_t id = 8; how == 2 && id < 10; ++id) capture.take(fragment(120, 24, id));
        ASSERT_EQ(capture.seen.size(), 1U) << how;
        EXPECT_EQ(capture.seen[0].bytes, two.substr(0, 144 - 8));
        EXPECT_TRUE(capture.seen[0].is_cut);
        EXPECT_EQ(capture.seen[0].at, began);
        EXPECT_EQ(capture.seen[0].source, "192.0.2.1:5070");
        EXPECT_EQ(capture.loss(Loss::fragments_lost), 1U);
        capture.take(fragment(144, 1'000));
        capture.decoder.end();
        EXPECT_EQ(capture.seen.size(), 1U) << "its rest is no message";
    }
    Capture v6;
    v6.take(ipv6("2001:db8::1", "2001:db8::2", 44,
                 ipv6_part(60, {7, 0, true}, extension(17, whole.substr(0, 160)))));
    v6.decoder.end();
    EXPECT_EQ(v6.messages(), Texts{two.substr(0, 152)});
    Capture headless;
    headless.take(fragment(120, 1'000));
    headless.decoder.end();
    EXPECT_TRUE(headless.seen.empty());
}

TEST(Cut, FragmentsThatComeAreNotStoredTwice) {
    Capture capture;
    capture.take(fragment(0, 120)).take(fragment(0, 120)).take(fragment(120, 1'000));
    capture.decoder.pass(capture.now + 31'000'000);
    capture.decoder.end();
    EXPECT_EQ(capture.messages(), Texts{two});
    EXPECT_FALSE(capture.seen[0].is_cut);
}

TEST(Cut, AFragmentOfAShortSnapshotIsTaken) {
    Capture capture;
    capture.take(fragment(0, 160).substr(0, 20 + 130)).take(fragment(160, 1'000));
    capture.decoder.end();
    ASSERT_EQ(capture.messages(), Texts{two.substr(0, 122)});
    EXPECT_TRUE(capture.seen[0].is_cut);
    Capture second;
    second.take(fragment(0, 120)).take(fragment(120, 1'000).substr(0, 20 + 30));
    EXPECT_EQ(second.fate(Fate::cut), 1U);
    second.decoder.end();
    EXPECT_EQ(second.messages(), Texts{two.substr(0, 142)});
}

TEST(Cut, AHalfCallIdNamesNoCall) {
    const std::string frame = ipv4("192.0.2.1", "192.0.2.2", 17, whole);
    Capture capture;
    capture.take(frame.substr(0, frame.find("2@x") + 2));
    EXPECT_EQ(capture.messages(), Texts{two.substr(0, two.find("Call-ID"))});
}

TEST(Cut, ASegmentIsAMessageAsFarAsItGoes) {
    const std::string begin = two.substr(0, 120);
    const unsigned none = 0;
    for (const unsigned how : {none, static_cast<unsigned>(rst), static_cast<unsigned>(fin)}) {
        Capture capture;
        capture.tcp(1'000, syn, "").tcp(1'001, 0, one + begin);
        const wire::Micros began = capture.now;
        if (how != none) capture.tcp(number(one.size() + 120), how, "");
        if (how == none) capture.decoder.end();
        ASSERT_EQ(capture.messages(), (Texts{one, begin})) << how;
        EXPECT_FALSE(capture.seen[0].is_cut);
        EXPECT_TRUE(capture.seen[1].is_cut);
        EXPECT_EQ(capture.seen[0].at, began);
        EXPECT_EQ(capture.seen[1].at, began + 1) << "the order is seen";
        EXPECT_EQ(capture.loss(Loss::tcp_cut), 1U);
    }
    Capture nameless;
    nameless.tcp(1'000, syn, "").tcp(1'001, 0, two.substr(0, two.find("2@x") + 2));
    nameless.decoder.end();
    EXPECT_TRUE(nameless.seen.empty()) << "which call it is nobody knows";
    EXPECT_EQ(nameless.loss(Loss::tcp_cut), 1U);
}

TEST(Cut, AHoleInTheMiddle) {
    for (const bool begins : {true, false}) {
        Capture capture;
        if (begins) capture.tcp(1'000, syn, "");
        capture.tcp(1'001, 0, two.substr(0, 50)).tcp(number(50), 0, two.substr(50, 60));
        const wire::Micros began = capture.now - 1'000;
        capture.tcp(number(two.size()), 0, one + one);
        EXPECT_TRUE(capture.seen.empty()) << "it may still come";
        capture.decoder.pass(capture.now + 3'100'000);
        ASSERT_EQ(capture.messages(), (Texts{two.substr(0, 110), one, one}));
        EXPECT_TRUE(capture.seen[0].is_cut);
        EXPECT_EQ(capture.seen[0].at, began) << "of its first segment";
        EXPECT_FALSE(capture.seen[1].is_cut);
        EXPECT_EQ(capture.loss(Loss::tcp_gap), 1U);
        capture.tcp(number(110), 0, two.substr(110));  // too late
        capture.tcp(1'001, 0, two);
        capture.decoder.end();
        EXPECT_EQ(capture.seen.size(), 3U) << "not twice";
    }
}

TEST(Cut, SeveralHolesLoseNothingBetweenThem) {
    Capture capture;
    capture.tcp(1'000, syn, "");
    std::size_t at = 0;
    Texts expected;
    for (int i = 0; i < 5; ++i) {
        capture.tcp(number(at), 0, one + two.substr(0, 110));
        expected.push_back(one);
        expected.push_back(two.substr(0, 110));
        at += one.size() + two.size();
    }
    capture.decoder.end();
    EXPECT_EQ(capture.messages(), expected);
}

TEST(Cut, ASegmentOfAShortSnapshotIsFollowedAtOnce) {
    const std::string frame = ipv4("192.0.2.1", "192.0.2.2", 6, tcp(5070, 5060, 1'001, 0, two));
    Capture capture;
    capture.tcp(1'000, syn, "").take(frame.substr(0, frame.size() - 10));
    ASSERT_EQ(capture.messages(), Texts{two.substr(0, two.size() - 10)});
    EXPECT_TRUE(capture.seen[0].is_cut);
    capture.tcp(number(two.size()), 0, one);
    EXPECT_EQ(capture.messages().back(), one) << "nothing is waited for";
    EXPECT_EQ(capture.loss(Loss::tcp_gap), 1U);

    Capture overtaken;
    overtaken.tcp(1'000, syn, "").tcp(number(one.size() + two.size()), 0, one);
    std::string later =
        ipv4("192.0.2.1", "192.0.2.2", 6, tcp(5070, 5060, number(one.size()), 0, two));
    overtaken.take(later.substr(0, later.size() - 10)).tcp(number(0), 0, one);
    EXPECT_EQ(overtaken.messages(), (Texts{one, two.substr(0, two.size() - 10), one}));
}

TEST(Cut, SilenceWithinAMessageEndsIt) {
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, 0, two.substr(0, 120));
    capture.decoder.pass(capture.now + 59'000'000);
    EXPECT_TRUE(capture.seen.empty());
    capture.decoder.pass(capture.now + 61'000'000);
    EXPECT_EQ(capture.messages(), Texts{two.substr(0, 120)});
    EXPECT_EQ(capture.loss(Loss::tcp_cut), 1U);
    capture.tcp(number(120), 0, two.substr(120) + one);
    EXPECT_EQ(capture.messages(), (Texts{two.substr(0, 120), one}));
}

}  // namespace
