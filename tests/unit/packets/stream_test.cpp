// What a TCP connection may carry before or beside SIP, and SIP without a known end.
#include <gtest/gtest.h>

#include <functional>

#include "packets/capture.h"
#include "packets/frames.h"

namespace {

using namespace ci;
using namespace ci::test;
using packets::Fate;
using packets::Loss;

/// A connection from its beginning, in two segments divided at `cut`.
struct Connection : Capture {
    explicit Connection(const std::string& stream, std::size_t cut = 0) {
        tcp(1'000, syn, "");
        if (cut > 0) tcp(number(0), 0, stream.substr(0, cut));
        tcp(number(cut), 0, stream.substr(cut));
    }
};

std::string with_length(const std::string& call_id, const std::string& header,
                        const std::string& body = {}) {
    std::string message = sip_message(call_id);
    const std::string plain = "Content-Length: 0\r\n";
    message.replace(message.find(plain), plain.size(), header);
    return message + body;
}

TEST(ContentLength, ThatIsNoNumberLosesNoMessage) {
    const std::string body = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n";
    const auto size = std::to_string(body.size());
    const struct {
        std::string header, body;
        bool with_body;
    } cases[] = {
        {"Content-Length: \r\n", "", false},
        {"Content-Length: \r\n", body, false},
        {"Content-Length: -1\r\n", body, false},
        {"Content-Length: +0\r\n", "", false},
        {"Content-Length: +" + size + "\r\n", body, true},
        {"Content-Length: 0;foo=bar\r\n", "", false},
        {"l: 5;x\r\n", "", false},
        {"l: 5;x\r\n", body, false},
        {"Content-Length: " + size + " bytes\r\n", body, true},
        {"Content-Length: 12 bytes\r\n", "", false},
        {"Content-Length: 99999999999\r\n", "", false},
        {"Content-Length: 99999999999\r\n", body, false},
        {"Content-Length: 300000\r\n", body, false},
        {"Content-Length: 1\r\nContent-Length: 30\r\n", body, false},
        {"Content-Type: application/sdp\r\n", body, false},
        {"Content-Length: zero\r\n", "", false},
        {"Content-Length: 0x10\r\n", body, false},
    };
    for (const auto& [header, rest, with_body] : cases) {
        const std::string head = with_length("3@x", header);
        const std::string odd = with_body ? head + rest : head;
        for (const std::string& before : {std::string(), one}) {
            Connection capture(before + head + rest + two + one);
            Texts expected{odd, two, one};
            if (!before.empty()) expected.insert(expected.begin(), one);
            EXPECT_EQ(capture.messages(), expected) << header;
            EXPECT_EQ(capture.loss(Loss::tcp_desync), 1U) << header << " also when it is first";
            EXPECT_TRUE(capture.seen[before.empty() ? 0 : 1].bad_length) << header;
            EXPECT_FALSE(capture.seen.back().bad_length);
        }
        Connection last(head + rest);
        last.decoder.end();
        EXPECT_EQ(last.seen.size(), 1U) << header << " is the last of its connection";
    }
}

TEST(ContentLength, MayBeOddAndPlain) {
    for (const std::string header :
         {"Content-Length: 2 \t\r\n", "Content-Length:\r\n 2\r\n", "Content-Length:\t2\r\n",
          "l:2\r\n", "Content-Length: 2\r\nl: 2\r\n", "Content-Length: 00002\r\n"}) {
        Connection capture(with_length("3@x", header, "ab") + two);
        EXPECT_EQ(capture.messages(), (Texts{with_length("3@x", header, "ab"), two})) << header;
        EXPECT_EQ(capture.loss(Loss::tcp_desync), 0U) << header;
        EXPECT_FALSE(capture.seen[0].bad_length);
    }
    Connection none(with_length("3@x", "") + two);
    EXPECT_EQ(none.messages(), (Texts{with_length("3@x", ""), two})) << "no body, none needed";
    EXPECT_EQ(none.loss(Loss::tcp_desync), 0U);
}

TEST(ContentLength, HeadsWithoutEndAreCountedAlsoWhenFirst) {
    std::string endless = one.substr(0, one.size() - 2);
    while (endless.size() < 70'000) endless += "X-Padding: " + std::string(1'000, 'x') + "\r\n";
    Capture capture;
    capture.tcp(1'000, syn, "");
    const std::string stream = endless + "\r\n" + two;
    for (std::size_t at = 0; at < stream.size(); at += 1'400) {
        capture.tcp(number(at), 0, stream.substr(at, 1'400));
    }
    ASSERT_EQ(capture.seen.size(), 2U);
    EXPECT_TRUE(capture.seen[0].is_cut);
    EXPECT_EQ(capture.messages().back(), two);
    EXPECT_EQ(capture.loss(Loss::tcp_desync), 1U);
}

std::string proxy2(unsigned command, unsigned family, const std::string& rest) {
    return std::string("\r\n\r\n\0\r\nQUIT\n", 12) + static_cast<char>(0x20U | command) +
           static_cast<char>(family) + be16(rest.size()) + rest;
}
const std::string addresses4 =
    address("198.51.100.1") + address("198.51.100.2") + be16(40'000) + be16(5'060);

const std::string proxies[] = {
    "PROXY TCP4 198.51.100.1 198.51.100.2 40000 5060\r\n",
    "PROXY TCP6 2001:db8::1 2001:db8::2 40000 5060\r\n",
    "PROXY UNKNOWN\r\n",
    proxy2(1, 0x11, addresses4),
    proxy2(1, 0x21, address("2001:db8::1") + address("2001:db8::2") + be16(1) + be16(2)),
    proxy2(1, 0x11, addresses4 + "\x02" + be16(7) + "sip.x.y" + "\x20" + be16(5) + "\x01\n\r\n\n"),
    proxy2(1, 0x31, std::string(216, 'u')),
    proxy2(0, 0x00, ""),
    proxy2(0, 0x00, "\x04" + be16(3) + std::string(3, '\n')),
};

TEST(Proxy, HeadsStandInFrontOfTheFirstMessage) {
    for (const auto& proxy : proxies) {
        const std::string all = proxy + one + two;
        for (std::size_t cut = 0; cut < proxy.size() + 20; ++cut) {
            Connection capture(all, cut);
            ASSERT_EQ(capture.messages(), (Texts{one, two})) << "cut at " << cut;
            EXPECT_EQ(capture.seen[0].source, "192.0.2.1:5070") << "the wire's";
            EXPECT_EQ(capture.loss(Loss::tcp_desync), 0U);
        }
        Capture joined;
        joined.tcp(5, 0, all);
        EXPECT_EQ(joined.messages(), (Texts{one, two}));
    }
}

TEST(Proxy, HeadsStandInFrontOfADatagram) {
    for (const auto& proxy : proxies) {
        Capture capture;
        capture.take(ipv4("192.0.2.1", "192.0.2.2", 17, udp(5070, 5060, proxy + one)));
        EXPECT_EQ(capture.messages(), Texts{one});
    }
}

TEST(Streams, MayHaveOctetsInFrontOfEachMessage) {
    const auto tpkt = [](const std::string& message) {
        return std::string("\x03\0", 2) + be16(message.size() + 4) + message;
    };
    const std::string response = "SIP/2.0 200 OK\r\nCall-ID: r@x\r\nContent-Length: 0\r\n\r\n";
    for (const bool begins : {true, false}) {
        Capture capture;
        if (begins) capture.tcp(1'000, syn, "");
        capture.tcp(1'001, 0, tpkt(one) + tpkt(response) + tpkt(two));
        EXPECT_EQ(capture.messages(), (Texts{one, response, two}));
    }
    Connection odd("\x80\xff\xfe" + one + two);
    EXPECT_EQ(odd.messages(), (Texts{one, two}));
}

TEST(Streams, OfOtherProtocolsAreCountedByTheirNames) {
    const struct {
        std::string bytes;
        Fate fate;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", Fate::http},
        {"POST /a HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", Fate::http},
        {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", Fate::http},
        {"HTTP/1.1 200 OK\r\n\r\n", Fate::http},
        {std::string("\x16\x03\x01\x00\x05", 5) + "hello", Fate::tls},
        {std::string("\x17\x03\x03\x01\x00", 5) + std::string(256, 'x'), Fate::tls},
        {"220 mail ESMTP\r\n", Fate::not_sip},
    };
    for (const auto& [bytes, fate] : cases) {
        for (const bool begins : {true, false}) {
            Capture capture;
            if (begins) capture.tcp(1'000, syn, "");
            capture.tcp(1'001, 0, bytes);
            EXPECT_EQ(capture.fate(fate), 1U) << bytes;
            EXPECT_TRUE(capture.seen.empty());
        }
    }
}

TEST(Hep, OnTcpIsCountedAndTakenIfAskedFor) {
    const std::string first = hep3(one), second = hep3(two), all = first + second;
    for (const bool takes : {false, true}) {
        for (std::size_t cut = 0; cut <= all.size(); cut += 3) {
            packets::Decoder::Limits limits;
            limits.takes_hep = takes;
            Capture capture(packets::Link::raw, limits);
            capture.tcp(1'000, syn, "").tcp(1'001, 0, all.substr(0, cut));
            capture.tcp(number(cut), 0, all.substr(cut));
            EXPECT_EQ(capture.messages(), takes ? (Texts{first, second}) : Texts{}) << cut;
            if (cut > 4 && cut < all.size()) {
                EXPECT_EQ(capture.fate(Fate::hep), 2U) << cut;
            }
            for (const auto& seen : capture.seen) EXPECT_TRUE(seen.is_hep);
        }
        // The capture joins within a HEP packet, before and behind the start line of its SIP.
        for (const std::size_t missed : {std::size_t{8}, first.find("OPTIONS"), first.size() - 9}) {
            packets::Decoder::Limits limits;
            limits.takes_hep = takes;
            Capture capture(packets::Link::raw, limits);
            capture.tcp(5, 0, all.substr(missed));
            EXPECT_EQ(capture.messages(), takes ? Texts{second} : Texts{}) << missed;
            EXPECT_EQ(capture.fate(Fate::hep), 1U) << missed;
        }
    }
}

TEST(Hep, ByUdpIsTakenIfAskedFor) {
    packets::Decoder::Limits limits;
    limits.takes_hep = true;
    Capture capture(packets::Link::raw, limits);
    const std::string hep2 = std::string("\x02\x10\x02\x11", 4) + std::string(24, '\0') + one;
    for (const auto& packet : {hep3(one), hep2}) {
        capture.take(ipv4("192.0.2.1", "192.0.2.9", 17, udp(5070, 9060, packet)));
    }
    EXPECT_EQ(capture.messages(), (Texts{hep3(one), hep2}));
    EXPECT_EQ(capture.fate(Fate::hep), 2U);
    EXPECT_EQ(capture.seen[0].source, "192.0.2.1:5070");
}

}  // namespace
