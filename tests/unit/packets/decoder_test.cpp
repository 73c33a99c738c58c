#include "packets/decoder.h"

#include <gtest/gtest.h>

#include "packets/capture.h"
#include "packets/frames.h"

namespace {

using namespace ci;
using namespace ci::test;
using packets::Fate;
using packets::Link;
using packets::Loss;

std::string datagram(const std::string& payload) {
    return ipv4("192.0.2.1", "192.0.2.2", 17, udp(5070, 5060, payload));
}

TEST(Links, AreStripped) {
    const std::string padded = sip4 + std::string(20, '\0');  // like short Ethernet frames
    const struct {
        Link link;
        std::string frame;
    } cases[] = {
        {Link::ethernet, ethernet(sip4)},
        {Link::ethernet, ethernet(padded)},
        {Link::ethernet, ethernet(sip6)},
        {Link::ethernet, ethernet(sip4, {0x8100})},
        {Link::ethernet, ethernet(sip4, {0x88a8, 0x8100})},
        {Link::ethernet, ethernet(sip6, {0x9100, 0x8100, 0x8100})},
        {Link::cooked, cooked(sip4)},
        {Link::cooked, cooked(sip6)},
        {Link::cooked2, cooked2(sip4)},
        {Link::cooked2, cooked2(sip6)},
        {Link::bsd, std::string("\x02\0\0\0", 4) + sip4},
        {Link::bsd, std::string("\0\0\0\x02", 4) + sip4},
        {Link::bsd, std::string("\x1e\0\0\0", 4) + sip6},
        {Link::bsd, std::string("\0\0\0\x18", 4) + sip6},
        {Link::raw, sip4},
        {Link::raw, sip6},
    };
    for (const auto& [link, frame] : cases) {
        Capture capture(link);
        capture.take(frame);
        EXPECT_EQ(capture.messages(), Texts{one}) << static_cast<int>(link);
        for (std::size_t size = 0; size < frame.find(one); ++size) {
            Capture cut(link);
            cut.take(frame.substr(0, size));
            EXPECT_TRUE(cut.seen.empty());
        }
    }
}

TEST(Links, HaveTheNumbersOfFilesAndOfSystems) {
    for (const int number : {12, 14, 101, 228, 229}) {
        EXPECT_EQ(packets::link_of(number), Link::raw) << number;
    }
    EXPECT_EQ(packets::link_of(1), Link::ethernet);
    EXPECT_EQ(packets::link_of(113), Link::cooked);
    EXPECT_EQ(packets::link_of(276), Link::cooked2);
    EXPECT_EQ(packets::link_of(0), Link::bsd);
    EXPECT_EQ(packets::link_of(108), Link::bsd);
    EXPECT_EQ(packets::link_of(189), std::nullopt) << "USB";
}

TEST(Packets, TellWhoAndWhen) {
    Capture capture;
    capture.take(sip4).take(sip6).tcp(1, 0, one);
    ASSERT_EQ(capture.seen.size(), 3U);
    EXPECT_EQ(capture.seen[0].source, "192.0.2.1:5070");
    EXPECT_EQ(capture.seen[0].destination, "192.0.2.2:5060");
    EXPECT_EQ(capture.seen[0].protocol, 17);
    EXPECT_EQ(capture.seen[0].at, 1'000'001'000);
    EXPECT_EQ(capture.seen[1].source, "[2001:db8::1]:5070");
    EXPECT_EQ(capture.seen[1].destination, "[2001:db8::2]:5060");
    EXPECT_EQ(capture.seen[2].source, "192.0.2.1:5070");
    EXPECT_EQ(capture.seen[2].protocol, 6);
}

TEST(Packets, MayHaveOptionsAndExtensions) {
    const std::string head = udp(5070, 5060, one);
    const auto v6 = [](int next, const std::string& rest) {
        return ipv6("2001:db8::1", "2001:db8::2", next, rest);
    };
    const std::string authentication = std::string("\x11\x04", 2) + std::string(22, '\0');
    for (const std::string& frame :
         {ipv4("192.0.2.1", "192.0.2.2", 17, head, {}, std::string(8, '\x01')),
          v6(0, extension(17, head)), v6(0, extension(43, extension(60, extension(17, head)))),
          v6(51, authentication + head), ipv4("192.0.2.1", "192.0.2.2", 51, authentication + head),
          v6(44, ipv6_part(17, {}, head)),
          v6(0, extension(44, ipv6_part(60, {}, extension(17, head))))}) {
        Capture capture;
        capture.take(frame);
        EXPECT_EQ(capture.messages(), Texts{one});
    }
}

TEST(Packets, MayBeWithinOthers) {
    const auto in4 = [](int protocol, const std::string& inner) {
        return ipv4("10.0.0.1", "10.0.0.2", protocol, inner);
    };
    const auto in6 = [](int protocol, const std::string& inner) {
        return ipv6("2001:db8::a", "2001:db8::b", protocol, inner);
    };
    for (const std::string& frame : {in4(4, sip4), in6(4, sip4), in4(4, in4(4, sip4))}) {
        Capture capture;
        capture.take(frame);
        ASSERT_EQ(capture.messages(), Texts{one});
        EXPECT_EQ(capture.seen[0].source, "192.0.2.1:5070");
    }
    for (const std::string& frame : {in4(41, sip6), in6(41, sip6)}) {
        Capture capture;
        capture.take(frame);
        ASSERT_EQ(capture.messages(), Texts{one});
        EXPECT_EQ(capture.seen[0].source, "[2001:db8::1]:5070");
    }
    std::string nested = sip4;
    for (int i = 1; i < 8; ++i) nested = in4(4, nested);
    Capture deep;
    deep.take(nested);
    EXPECT_EQ(deep.messages(), Texts{one});
    deep.take(in4(4, nested));
    EXPECT_EQ(deep.fate(Fate::too_deep), 1U);
}

TEST(Packets, ThatAreNoSipAreCountedByWhatTheyAre) {
    const std::string stun = std::string("\0\x01\0\0\x21\x12\xa4\x42", 8) + std::string(12, 'x');
    const std::string hep2 = std::string("\x02\x10\x02\x11", 4) + std::string(24, '\0') + one;
    std::string tiny_head = datagram(one);
    tiny_head[0] = '\x44';
    const struct {
        std::string frame;
        Fate fate;
    } cases[] = {
        {datagram("\r\n\r\n"), Fate::keepalive},
        {datagram(std::string(4, '\0')), Fate::keepalive},
        {datagram(""), Fate::keepalive},
        {datagram("jaK"), Fate::keepalive},
        {datagram(stun), Fate::stun},
        {datagram("HEP3" + std::string(100, 'x')), Fate::hep},
        {datagram(hep2), Fate::hep},
        {datagram("\x80 rtp"), Fate::not_sip},
        {datagram("HTTP/1.1 200 OK\r\n\r\n"), Fate::http},
        {ipv4("192.0.2.1", "192.0.2.2", 6, tcp(1, 2, 3, syn, "")), Fate::tcp_control},
        {ipv4("192.0.2.1", "192.0.2.2", 6, tcp(1, 2, 3, rst, "")), Fate::tcp_control},
        {ipv4("192.0.2.1", "192.0.2.2", 6, tcp(1, 2, 3, ack, "GET / HTTP/1.1\r\n\r\n")),
         Fate::http},
        {ipv4("192.0.2.1", "192.0.2.2", 6, std::string(19, 'x')), Fate::bad_length},
        {ipv4("192.0.2.1", "192.0.2.2", 6, std::string(20, '\0')), Fate::bad_length},
        {ipv4("192.0.2.1", "192.0.2.2", 1, "ping"), Fate::icmp},
        {ipv6("::1", "::1", 59, ""), Fate::not_udp_tcp},
        {ipv6("::1", "::1", 0, "short"), Fate::bad_length},
        {"\x10", Fate::not_ip},
        {"", Fate::not_ip},
        {tiny_head, Fate::bad_length},
        {datagram(one).substr(0, 19), Fate::cut},
        {datagram(one).substr(0, 24), Fate::cut},
    };
    for (const auto& [frame, fate] : cases) {
        Capture capture;
        capture.take(frame);
        EXPECT_TRUE(capture.seen.empty());
        EXPECT_EQ(capture.fate(fate), 1U) << packets::fate_names[static_cast<std::size_t>(fate)];
        EXPECT_EQ(capture.decoder.counts().frames, 1U);
    }
}

TEST(Packets, WhoseUdpLengthIsWrongAreTakenAsFarAsTheyGo) {
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{7}, 9 + one.size(), std::size_t{65'535}}) {
        std::string frame = datagram(one);
        frame.replace(20 + 4, 2, be16(length));
        Capture capture;
        capture.take(frame);
        EXPECT_EQ(capture.messages(), Texts{one}) << length;
    }
    std::string shorter = datagram(one + "padding");
    shorter.replace(20 + 4, 2, be16(8 + one.size()));
    Capture capture;
    capture.take(shorter);
    EXPECT_EQ(capture.messages(), Texts{one});
}

TEST(Packets, OfAShortSnapshotAreShownAsFarAsTheyGo) {
    Capture capture;
    capture.take(sip4.substr(0, sip4.size() - 10));
    EXPECT_EQ(capture.messages(), Texts{one.substr(0, one.size() - 10)});
}

// ---- fragments

struct Cut {
    std::size_t offset, size;
};

/// The datagram's fragments as IPv4 or IPv6 packets.
std::vector<std::string> parts(const std::string& whole, std::initializer_list<Cut> cuts, bool v6) {
    std::vector<std::string> frames;
    for (const auto& [offset, size] : cuts) {
        const Part part{7, offset, offset + size < whole.size()};
        const auto bytes = whole.substr(offset, size);
        frames.push_back(v6 ? ipv6("2001:db8::1", "2001:db8::2", 44, ipv6_part(17, part, bytes))
                            : ipv4("192.0.2.1", "192.0.2.2", 17, bytes, part));
    }
    return frames;
}

TEST(Fragments, AreJoinedInAnyOrder) {
    const std::string whole = udp(5070, 5060, two);
    const std::initializer_list<Cut> orders[] = {
        {{0, 80}, {80, 80}, {160, 1000}},
        {{160, 1000}, {80, 80}, {0, 80}},
        {{80, 80}, {160, 1000}, {0, 80}},
        {{0, 80}, {0, 80}, {80, 80}, {80, 80}, {160, 1000}},  // twice
        {{0, 96}, {80, 88}, {160, 1000}},                     // overlapping
        {{160, 1000}, {40, 48}, {120, 24}, {0, 160}},         // filling gaps
        {{160, 1000}, {8, 8}, {24, 8}, {40, 8}, {0, 160}},
    };
    for (const bool v6 : {false, true}) {
        for (const auto& order : orders) {
            Capture capture;
            const auto frames = parts(whole, order, v6);
            for (const auto& frame : frames) {
                EXPECT_TRUE(capture.seen.empty());
                capture.take(frame);
            }
            EXPECT_EQ(capture.messages(), Texts{two});
            EXPECT_EQ(capture.fate(Fate::waits), frames.size() - 1);
        }
    }
}

TEST(Fragments, OfSeveralDatagramsAreKeptApart) {
    Capture capture;
    for (const std::size_t offset : {0U, 80U}) {
        for (const std::size_t id : {1U, 2U}) {
            const std::string whole =
                udp(5070, 5060, sip_message(std::to_string(id) + "@fragments"));
            capture.take(ipv4("192.0.2.1", "192.0.2.2", 17,
                              whole.substr(offset, offset == 0 ? 80 : std::string::npos),
                              {id, offset, offset == 0}));
        }
    }
    EXPECT_EQ(capture.messages(), (Texts{sip_message("1@fragments"), sip_message("2@fragments")}));
}

TEST(Fragments, MayHideExtensionsAndTunnels) {
    const std::string inner = extension(17, udp(5070, 5060, one));
    Capture v6;
    v6.take(ipv6("::1", "::2", 44, ipv6_part(60, {7, 0, true}, inner.substr(0, 40))));
    v6.take(ipv6("::1", "::2", 44, ipv6_part(17, {7, 40, false}, inner.substr(40))));
    EXPECT_EQ(v6.messages(), Texts{one}) << "the first part's protocol counts";
    Capture tunnel;
    for (const auto& frame : parts(sip4, {{0, 64}, {64, 1000}}, false)) {
        std::string outer = frame;
        outer[9] = 4;
        tunnel.take(outer);
    }
    EXPECT_EQ(tunnel.messages(), Texts{one});
}

TEST(Fragments, ThatNeverComeAreCountedInTime) {
    const auto frames = parts(udp(5070, 5060, two), {{0, 80}, {160, 1000}}, false);
    Capture capture;
    for (const auto& frame : frames) capture.take(frame);
    capture.decoder.pass(capture.now + 29'000'000);
    EXPECT_EQ(capture.loss(Loss::fragments_lost), 0U);
    capture.decoder.pass(capture.now + 31'000'000);
    EXPECT_EQ(capture.loss(Loss::fragments_lost), 1U);
    EXPECT_EQ(capture.seen.size(), 1U) << "what came of it";
    capture.take(parts(udp(5070, 5060, two), {{80, 80}}, false).front());
    capture.decoder.end();
    EXPECT_EQ(capture.seen.size(), 1U);
    EXPECT_EQ(capture.loss(Loss::fragments_lost), 2U);
}

TEST(Fragments, ThatContradictEachOtherAreRefused) {
    const std::string bytes(80, 'x');
    const auto part = [&](std::size_t offset, bool more, std::size_t size = 80) {
        return ipv4("192.0.2.1", "192.0.2.2", 17, bytes.substr(0, size), {7, offset, more});
    };
    const std::vector<std::string> cases[] = {
        {part(160, true), part(80, false)},   // ends before its other fragment
        {part(80, false), part(160, false)},  // ends twice
        {part(80, false), part(160, true)},   // a fragment behind the end
        {part(0, true, 79)},                  // not a multiple of eight
        {part(65'528, true)},                 // beyond the largest datagram
    };
    for (const auto& frames : cases) {
        Capture capture;
        for (const auto& frame : frames) capture.take(frame);
        EXPECT_EQ(capture.fate(Fate::bad_fragment), 1U) << frames.size();
        EXPECT_TRUE(capture.seen.empty());
    }
}

TEST(Fragments, AreNotKeptWithoutLimit) {
    packets::Decoder::Limits limits;
    limits.fragments.datagrams = 10;
    limits.fragments.bytes = 400;
    limits.fragments.pieces = 4;
    Capture capture(Link::raw, limits);
    for (std::size_t id = 0; id < 100; ++id) {
        capture.take(ipv4("192.0.2.1", "192.0.2.2", 17, std::string(80, 'x'), {id, 0, true}));
    }
    EXPECT_EQ(capture.loss(Loss::fragments_lost), 95U) << "400 octets are five of them";
    for (std::size_t i = 0; i < 6; ++i) {
        capture.take(ipv4("192.0.2.1", "192.0.2.9", 17, std::string(8, 'x'), {1, 16 * i, true}));
    }
    EXPECT_EQ(capture.fate(Fate::bad_fragment), 1U);
}

// ---- TCP

const std::string keepalive = "\r\n\r\n";
const std::string stream = one + keepalive + two + one;

TEST(Tcp, IsJoinedHoweverItIsCut) {
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Capture capture;
        capture.tcp(1'000, syn, "");
        capture.tcp(1'001, 0, stream.substr(0, cut));
        capture.tcp(static_cast<std::uint32_t>(1'001 + cut), 0, stream.substr(cut));
        ASSERT_EQ(capture.messages(), (Texts{one, two, one})) << "cut at " << cut;
    }
    Capture octets;
    octets.tcp(0xffffff00, syn, "");  // sequence numbers wrap
    std::uint32_t sequence = 0xffffff01;
    for (const char octet : stream) octets.tcp(sequence++, 0, std::string(1, octet));
    EXPECT_EQ(octets.messages(), (Texts{one, two, one}));
    EXPECT_EQ(octets.fate(Fate::keepalive), 4U);
    EXPECT_EQ(octets.seen[0].at, 1'000'000'000 + 1'000 * (1 + one.size()))
        << "a message is there when its last octet is";
}

TEST(Tcp, IsPutInOrderAndTakenOnce) {
    const std::size_t step = 50;
    std::vector<std::pair<std::uint32_t, std::string>> segments;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        segments.emplace_back(static_cast<std::uint32_t>(1'001 + at), stream.substr(at, step));
    }
    Capture backwards;
    backwards.tcp(1'000, syn, "");
    for (auto it = segments.rbegin(); it != segments.rend(); ++it) {
        backwards.tcp(it->first, 0, it->second);
    }
    EXPECT_EQ(backwards.messages(), (Texts{one, two, one}));

    Capture again;
    again.tcp(1'000, syn, "").tcp(1'000, syn, "");
    for (const auto& [sequence, bytes] : segments)
        again.tcp(sequence, 0, bytes).tcp(sequence, 0, bytes);
    for (const auto& [sequence, bytes] : segments) again.tcp(sequence, 0, bytes);
    EXPECT_EQ(again.messages(), (Texts{one, two, one}));
    EXPECT_EQ(again.fate(Fate::tcp_again), 2 * segments.size());

    Capture overlapping;
    overlapping.tcp(1'000, syn, "");
    overlapping.tcp(1'001 + 100, 0, stream.substr(100, 100));
    overlapping.tcp(1'001 + 150, 0, stream.substr(150, 20));
    overlapping.tcp(1'001 + 100, 0, stream.substr(100, 150));
    overlapping.tcp(1'001, 0, stream.substr(0, 120));
    overlapping.tcp(1'001 + 40, 0, stream.substr(40));
    EXPECT_EQ(overlapping.messages(), (Texts{one, two, one}));
    EXPECT_EQ(overlapping.loss(Loss::tcp_gap), 0U);
}

TEST(Tcp, IsJoinedInMidConnection) {
    for (std::size_t missed = 1; missed < one.size(); ++missed) {
        Capture capture;
        capture.tcp(5, 0, (one + two + one).substr(missed));
        ASSERT_EQ(capture.messages(), (Texts{two, one})) << missed;
    }
    // The end of a body may look like a message.
    const std::string notify = sip_message("3@x", "SIP/2.0 100 Trying\r\n");
    Capture fragment;
    fragment.tcp(5, 0, notify.substr(notify.size() - 30) + two);
    EXPECT_EQ(fragment.messages(), Texts{two});
}

TEST(Tcp, GoesOnBehindAGap) {
    const std::uint32_t lost = 1'001 + static_cast<std::uint32_t>(one.size());
    const auto behind = lost + static_cast<std::uint32_t>(two.size());
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, 0, one).tcp(lost, 0, two.substr(0, 60));
    capture.tcp(behind, 0, one);
    const wire::Micros seen_at = capture.now;
    EXPECT_EQ(capture.messages(), Texts{one});
    capture.decoder.pass(capture.now + 2'900'000);
    EXPECT_EQ(capture.messages(), Texts{one}) << "it may still come";
    capture.decoder.pass(capture.now + 3'100'000);
    EXPECT_EQ(capture.messages(), (Texts{one, one}));
    EXPECT_EQ(capture.seen[1].at, seen_at) << "not when it was given up";
    EXPECT_EQ(capture.loss(Loss::tcp_gap), 1U);
    capture.tcp(behind + static_cast<std::uint32_t>(one.size()), 0, two);
    EXPECT_EQ(capture.messages(), (Texts{one, one, two}));
}

TEST(Tcp, TakesWhatIsBehindAGapWhenNothingMoreCanCome) {
    for (const unsigned how : {0U, static_cast<unsigned>(rst), static_cast<unsigned>(syn)}) {
        Capture capture;
        capture.tcp(1'000, syn, "").tcp(1'001, 0, one).tcp(2'000, 0, two);
        if (how == 0) {
            capture.decoder.end();
        } else {
            capture.tcp(90'000, how, "");
        }
        EXPECT_EQ(capture.messages(), (Texts{one, two})) << how;
        EXPECT_EQ(capture.loss(Loss::tcp_gap), 1U);
    }
    // The capture misses the first segment after the handshake.
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(5'000, 0, one);
    capture.decoder.pass(capture.now + 4'000'000);
    EXPECT_EQ(capture.messages(), Texts{one});
}

TEST(Tcp, PortsMayBeUsedAgain) {
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, 0, one);
    capture.tcp(900, syn, "").tcp(901, 0, two);  // sequence numbers seen before
    capture.tcp(3'000'000'000, 0, one + one);    // and a SYN that was not captured
    EXPECT_EQ(capture.messages(), (Texts{one, two, one, one}));
    capture.tcp(3'000'000'000 + static_cast<std::uint32_t>(2 * one.size()), fin, "");
    capture.tcp(7'000, syn, "").tcp(7'001, 0, two);
    EXPECT_EQ(capture.messages(), (Texts{one, two, one, one, two}));
}

TEST(Tcp, ThatEndsWithinAMessageIsCounted) {
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, fin, two.substr(0, 60));
    EXPECT_EQ(capture.loss(Loss::tcp_cut), 1U);
    EXPECT_TRUE(capture.seen.empty()) << "its Call-ID did not come";
}

TEST(Tcp, ThatIsNoSipIsNotKept) {
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, 0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    capture.tcp(1'028, 0, "\x16\x03\x01");
    EXPECT_EQ(capture.fate(Fate::http), 1U);
    EXPECT_EQ(capture.fate(Fate::not_sip), 1U);
    EXPECT_EQ(capture.loss(Loss::tcp_desync), 0U);
    capture.tcp(1'031, 0, one);
    EXPECT_EQ(capture.messages(), Texts{one});
}

TEST(Tcp, LosesAndFindsItsStep) {
    const std::string wrong = sip_message("4@x") + "what a body without Content-Length is\r\n";
    Capture capture;
    capture.tcp(1'000, syn, "").tcp(1'001, 0, wrong + two);
    EXPECT_EQ(capture.messages(), (Texts{sip_message("4@x"), two}));
    EXPECT_EQ(capture.loss(Loss::tcp_desync), 1U);

    std::string huge = sip_message("5@x");
    huge.replace(huge.find("Content-Length: 0"), 17, "Content-Length: 99999999");
    Capture large;
    large.tcp(1'000, syn, "").tcp(1'001, 0, one + huge + two);
    EXPECT_EQ(large.messages(), (Texts{one, huge, two}));
    EXPECT_EQ(large.loss(Loss::tcp_desync), 1U);
}

TEST(Tcp, FlowsAreNotKeptWithoutLimit) {
    packets::Decoder::Limits limits;
    limits.tcp.flows = 10;
    Capture capture(Link::raw, limits);
    for (std::size_t port = 1; port <= 100; ++port) {
        capture.take(ipv4("192.0.2.1", "192.0.2.2", 6, tcp(port, 5060, 1, syn, "")));
    }
    EXPECT_EQ(capture.loss(Loss::tcp_overflow), 90U);
    limits.tcp.bytes = 1'000;
    Capture small(Link::raw, limits);
    for (std::size_t port = 1; port <= 9; ++port) {
        small.take(ipv4("192.0.2.1", "192.0.2.2", 6,
                        tcp(port, 5060, 1, syn, one.substr(0, 100) + std::string(100, 'x'))));
    }
    EXPECT_EQ(small.loss(Loss::tcp_overflow), 4U);
}

}  // namespace
