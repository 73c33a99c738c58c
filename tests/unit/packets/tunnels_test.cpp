#include "packets/tunnels.h"

#include <gtest/gtest.h>

#include "packets/decoder.h"
#include "packets/frames.h"

namespace {

using namespace ci;
using namespace ci::test;
using packets::Fate;
using packets::Link;

struct Seen {
    std::vector<std::string> messages;
    packets::Counts counts;
    [[nodiscard]] std::uint64_t fate(Fate fate) const {
        return counts.fates.at(static_cast<std::size_t>(fate));
    }
};

Seen decode(Link link, const std::vector<std::string>& frames) {
    Seen seen;
    packets::Decoder decoder(link, [&](const packets::Message& message) {
        seen.messages.emplace_back(wire::as_text(message.bytes));
    });
    wire::Micros now = 1'000'000;
    for (const auto& frame : frames) decoder.decode(wire::as_bytes(frame), now += 1'000);
    decoder.end();
    seen.counts = decoder.counts();
    return seen;
}
Seen decode(const std::string& frame, Link link = Link::raw) {
    return decode(link, {frame});
}

std::string nul(std::size_t count) {
    return std::string(count, '\0');
}
std::string bytes(std::initializer_list<int> all) {
    std::string out;
    for (const int one_of_them : all) out += static_cast<char>(one_of_them);
    return out;
}
std::string over_ip(int protocol, const std::string& payload) {
    return ipv4("10.0.0.1", "10.0.0.2", protocol, payload);
}
std::string over_udp(std::size_t port, const std::string& payload) {
    return over_ip(17, udp(40'000, port, payload));
}
std::string vxlan(std::size_t network, const std::string& frame) {
    return bytes({8, 0, 0, 0}) + be32(network << 8U) + frame;
}
std::string snap(const std::string& ip) {
    return bytes({0xaa, 0xaa, 3, 0, 0, 0}) + ethertype(ip) + ip;
}
/// An Ethernet frame with this EtherType and payload.
std::string typed(std::size_t type, const std::string& rest) {
    return std::string(12, '\x02') + be16(type) + rest;
}
std::string ppp(const std::string& ip) {
    return be16(ethertype(ip) == be16(0x0800) ? 0x21 : 0x57) + ip;
}
std::string gre(std::size_t flags, std::size_t type, const std::string& rest) {
    return be16(flags) + be16(type) + rest;
}

TEST(Tunnels, AreOpened) {
    const std::string frame = ethernet(sip4, {0x8100});
    const struct {
        const char* name;
        std::string packet;
    } cases[] = {
        {"GRE, IPv4", over_ip(47, gre(0, 0x0800, sip4))},
        {"GRE, IPv6", over_ip(47, gre(0, 0x86dd, sip6))},
        {"GRE in IPv6", ipv6("::1", "::2", 47, gre(0, 0x0800, sip4))},
        {"GRE, Ethernet", over_ip(47, gre(0, 0x6558, frame))},
        {"GRE, a checksum", over_ip(47, gre(0x8000, 0x0800, be32(0) + sip4))},
        {"GRE, a key", over_ip(47, gre(0x2000, 0x0800, be32(7) + sip4))},
        {"GRE, all", over_ip(47, gre(0xb000, 0x0800, be32(0) + be32(7) + be32(1) + sip4))},
        {"GRE, routes", over_ip(47, gre(0x4000, 0x0800,
                                        be32(0) + bytes({8, 0, 0, 4}) + be32(9) + be32(0) + sip4))},
        {"GRE, PPP", over_ip(47, gre(0, 0x880b, ppp(sip4)))},
        {"GRE, MPLS", over_ip(47, gre(0, 0x8847, be32(0x12140) + sip4))},
        {"PPTP", over_ip(47, gre(0x3001, 0x880b, be32(0) + be32(1) + "\xff\x03" + ppp(sip4)))},
        {"PPTP that acknowledges",
         over_ip(47, gre(0x3081, 0x880b, be32(0) + be32(1) + be32(1) + ppp(sip6)))},
        {"ERSPAN I", over_ip(47, gre(0, 0x88be, frame))},
        {"ERSPAN II",
         over_ip(47, gre(0x1000, 0x88be, be32(1) + bytes({0x10, 1, 0, 1}) + be32(0) + frame))},
        {"ERSPAN I with a number", over_ip(47, gre(0x1000, 0x88be, be32(1) + frame))},
        {"ERSPAN III",
         over_ip(47, gre(0x1000, 0x22eb,
                         be32(1) + bytes({0x20, 1, 0, 1}) + be32(0) + be32(0) + frame))},
        {"ERSPAN III with more",
         over_ip(47, gre(0x1000, 0x22eb,
                         be32(1) + bytes({0x20, 1, 0, 1}) + be32(0) + be32(1) + nul(8) + frame))},
        {"ERSPAN III of IP",
         over_ip(47, gre(0x1000, 0x22eb,
                         be32(1) + bytes({0x20, 1, 0, 1}) + be32(0) + bytes({0, 0, 8, 0}) + sip4))},
        {"EtherIP", over_ip(97, be16(0x3000) + frame)},
        {"L2TPv3", over_ip(115, be32(5) + frame)},
        {"L2TPv3, a cookie and a sublayer", over_ip(115, be32(5) + nul(8) + be32(0) + frame)},
        {"MPLS in IP", over_ip(137, be32(0x12140) + sip4)},
        {"Ethernet in IP", over_ip(143, frame)},
        {"VXLAN", over_udp(4789, vxlan(5, frame))},
        {"VXLAN of old", over_udp(8472, vxlan(5, frame))},
        {"VXLAN, a group", over_udp(4789, bytes({0x88, 0, 0, 9}) + be32(5 << 8U) + frame)},
        {"VXLAN-GPE", over_udp(4790, bytes({0x0c, 0, 0, 1}) + be32(5 << 8U) + sip4)},
        {"VXLAN-GPE, Ethernet", over_udp(4790, bytes({0x0c, 0, 0, 3}) + be32(5 << 8U) + frame)},
        {"VXLAN-GPE, NSH", over_udp(4790, bytes({0x0c, 0, 0, 4}) + be32(5 << 8U) +
                                              bytes({0, 2, 2, 3}) + be32(0) + frame)},
        {"GENEVE", over_udp(6081, bytes({0, 0, 0x65, 0x58}) + be32(5 << 8U) + frame)},
        {"GENEVE, options", over_udp(6081, bytes({2, 0, 0x08, 0}) + be32(5 << 8U) + nul(8) + sip4)},
        {"TZSP", over_udp(37'008, bytes({1, 0, 0, 1, 1}) + frame)},
        {"TZSP, tags", over_udp(37'008, bytes({1, 0, 0, 1, 0, 10, 1, 7, 0, 1}) + frame)},
        {"GTP-U", over_udp(2152, bytes({0x30, 0xff}) + be16(sip4.size()) + be32(7) + sip4)},
        {"GTP-U, IPv6", over_udp(2152, bytes({0x30, 0xff}) + be16(sip6.size()) + be32(7) + sip6)},
        {"GTP-U, a number",
         over_udp(2152, bytes({0x32, 0xff}) + be16(sip4.size() + 4) + be32(7) + be32(0) + sip4)},
        {"GTP-U, extensions",
         over_udp(2152, bytes({0x34, 0xff}) + be16(sip4.size() + 12) + be32(7) +
                            bytes({0, 0, 0, 0x85, 1, 0x10, 1, 0x40, 1, 0, 0, 0}) + sip4)},
        {"GTP-U, Ethernet",
         over_udp(2152, bytes({0x30, 0xff}) + be16(frame.size()) + be32(7) + frame)},
        {"L2TP", over_udp(1701, bytes({0, 2, 0, 1, 0, 1}) + "\xff\x03" + ppp(sip4))},
        {"L2TP, all",
         over_udp(1701, bytes({0x4a, 2, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0}) + ppp(sip4))},
        {"GRE in UDP", over_udp(4754, gre(0, 0x0800, sip4))},
        {"MPLS in UDP", over_udp(6635, be32(0x12140) + sip4)},
        {"LISP", over_udp(4341, nul(8) + sip4)},
        {"Teredo", over_udp(3544, sip6)},
        {"Teredo, an origin", over_udp(3544, nul(8) + sip6)},
        {"CAPWAP", over_udp(5247, bytes({0, 0x10, 0, 0, 0, 0, 0, 0}) + frame)},
        {"HP", over_udp(7932, nul(12) + frame)},
        {"Juniper", over_udp(30'030, nul(8) + sip4)},
        {"from the port", over_ip(17, udp(4789, 40'000, vxlan(5, frame)))},
        {"GRE in VXLAN",
         over_udp(4789, vxlan(5, ethernet(over_ip(47, gre(0, 0x0800, sip4)), {0x88a8, 0x8100})))},
        {"ESP without encryption",
         over_ip(50, be32(9) + be32(1) + sip4.substr(20) + bytes({1, 2, 3, 3, 17}) + nul(12))},
        {"ESP in UDP", over_udp(4500, be32(9) + be32(1) + sip4 + bytes({0, 4}) + nul(16))},
    };
    for (const auto& [name, packet] : cases) {
        EXPECT_EQ(decode(packet).messages, std::vector{one}) << name;
        for (std::size_t size = 0; size < packet.find(one); ++size) {
            EXPECT_TRUE(decode(packet.substr(0, size)).messages.empty()) << name << " " << size;
        }
    }
}

TEST(Tunnels, AreNotToldByPortsAlone) {
    for (const std::size_t port : {4789U, 8472U, 4790U, 6081U, 2152U, 37'008U, 1701U, 4754U, 6635U,
                                   4341U, 3544U, 5247U, 7932U, 30'030U}) {
        EXPECT_EQ(decode(over_udp(port, one)).messages, std::vector{one}) << port;
        for (const std::string& other :
             {std::string("\x80 rtp, or something else that is no packet"), std::string(60, '\x08'),
              std::string(60, 'E'), std::string(60, '`')}) {
            EXPECT_EQ(decode(over_udp(port, other)).fate(Fate::not_sip), 1U) << port << other;
        }
    }
}

TEST(Tunnels, TellWhatTheyHold) {
    const std::string arp = typed(0x0806, nul(28));
    EXPECT_EQ(decode(over_udp(4789, vxlan(5, arp))).fate(Fate::arp), 1U);
    EXPECT_EQ(
        decode(over_ip(47, gre(0x1000, 0x88be, be32(1) + bytes({0x10, 1, 0, 1}) + be32(0) + arp)))
            .fate(Fate::arp),
        1U);
    EXPECT_EQ(decode(over_ip(47, gre(0x2081, 0x880b, be32(0) + be32(1)))).fate(Fate::ppp_control),
              1U);
    EXPECT_EQ(decode(over_ip(50, std::string(80, 'x'))).fate(Fate::encrypted), 1U);
    EXPECT_EQ(decode(over_udp(4500, std::string(80, 'x'))).fate(Fate::encrypted), 1U);
    EXPECT_EQ(decode(over_udp(4500, "\xff")).fate(Fate::keepalive), 1U);
}

TEST(Tunnels, OfTwoNetworksMayHaveTheSameAddresses) {
    // Both networks use the same IP id: their fragments must not be mixed.
    const std::string body(1'600, 'b');
    const auto parts = [&](std::size_t network, const std::string& call) {
        const std::string whole = udp(5070, 5060, sip_message(call, body));
        const auto part = [&](const std::string& piece, const Part& place) {
            return over_udp(
                4789, vxlan(network, ethernet(ipv4("192.0.2.1", "192.0.2.2", 17, piece, place))));
        };
        return std::vector{part(whole.substr(0, 800), {7, 0, true}),
                           part(whole.substr(800), {7, 800, false})};
    };
    const auto first = parts(5, "first@x");
    const auto second = parts(6, "other@x");
    EXPECT_EQ(decode(Link::raw, {first[0], second[0], first[1], second[1]}).messages,
              (std::vector{sip_message("first@x", body), sip_message("other@x", body)}));
    // In one network, fragments are joined whichever mirror each came by.
    std::string elsewhere = first[1];
    elsewhere[15] = '\x09';
    EXPECT_EQ(decode(Link::raw, {first[0], elsewhere}).messages,
              std::vector{sip_message("first@x", body)});
}

TEST(Tunnels, AreBoundedInDepth) {
    std::string nested = sip4;
    for (int i = 0; i < 40; ++i) nested = over_ip(47, gre(0, 0x0800, nested));
    EXPECT_EQ(decode(nested).fate(Fate::too_deep), 1U);
    std::string tags;
    for (int i = 0; i < 1'000; ++i) tags += be16(100) + be16(0x8100);
    EXPECT_EQ(decode(typed(0x8100, tags), Link::ethernet).fate(Fate::too_deep), 1U);
    // Behind labels two layers are tried, and in each of them two again: the tries are bounded.
    std::string labels = sip4;
    for (int i = 0; i < 200; ++i) labels = be32(0x100) + nul(4) + typed(0x8847, labels);
    EXPECT_EQ(decode(typed(0x8847, labels), Link::ethernet).counts.frames, 1U);
}

TEST(Layers, BetweenEthernetAndIp) {
    const std::string label = be32(0x12040), last = be32(0x12140);
    const struct {
        const char* name;
        std::string frame;
    } cases[] = {
        {"PPPoE", typed(0x8864, bytes({0x11, 0, 0, 1}) + be16(sip4.size() + 2) + ppp(sip4))},
        {"PPPoE, IPv6, a tag", typed(0x8100, be16(5) + be16(0x8864) + bytes({0x11, 0, 0, 1}) +
                                                 be16(sip6.size() + 2) + ppp(sip6))},
        {"MPLS", typed(0x8847, last + sip4)},
        {"MPLS, two labels", typed(0x8848, label + last + sip6)},
        {"MPLS, Ethernet", typed(0x8847, label + last + ethernet(sip4))},
        {"MPLS, a control word", typed(0x8847, last + nul(4) + ethernet(sip4, {0x8100}))},
        {"MPLS, addresses with zeros",
         typed(0x8847, last + bytes({0, 1, 2, 3, 4, 5}) + ethernet(sip4).substr(6))},
        {"MPLS, addresses like IP",
         typed(0x8847, last + bytes({0x44, 1, 2, 3, 4, 5}) + ethernet(sip4).substr(6))},
        {"VN-Tag", typed(0x8926, be32(7) + ethertype(sip4) + sip4)},
        {"VN-Tag, a tag", typed(0x8926, be32(7) + be16(0x8100) + be16(5) + ethertype(sip4) + sip4)},
        {"LLC/SNAP", typed(snap(sip4).size(), snap(sip4) + nul(6))},
        {"LLC/SNAP, a tag", typed(0x8100, be16(5) + be16(snap(sip6).size()) + snap(sip6))},
        {"LLC", typed(sip4.size() + 3, bytes({6, 6, 3}) + sip4)},
        {"Cisco MetaData", typed(0x8909, bytes({1, 1, 0, 1, 0, 9}) + ethertype(sip4) + sip4)},
        {"802.1ah", typed(0x88e7, be32(7) + ethernet(sip4, {0x88a8}))},
        {"MACsec, not encrypted",
         typed(0x88e5, bytes({0, 0}) + be32(1) + ethertype(sip4) + sip4 + nul(16))},
        {"MACsec, a channel",
         typed(0x88e5, bytes({0x20, 0}) + be32(1) + nul(8) + ethertype(sip4) + sip4 + nul(16))},
        {"TRILL", typed(0x22f3, nul(6) + ethernet(sip4))},
        {"NSH", typed(0x894f, bytes({0, 2, 2, 1}) + be32(0) + sip4)},
    };
    for (const auto& [name, frame] : cases) {
        EXPECT_EQ(decode(frame, Link::ethernet).messages, std::vector{one}) << name;
        for (std::size_t size = 0; size < frame.find(one); ++size) {
            const auto cut = decode(frame.substr(0, size), Link::ethernet);
            EXPECT_TRUE(cut.messages.empty()) << name << " " << size;
        }
    }
}

TEST(Layers, OfEachLinkType) {
    const std::string eth = ethernet(sip4);
    const std::string qos = bytes({0x88, 1, 0, 0}) + std::string(18, '\x02') + be16(0) + be16(0);
    const std::string pppoe = bytes({0x11, 0, 0, 1}) + be16(sip4.size() + 2) + ppp(sip4);
    const struct {
        int number;
        std::string frame;
    } cases[] = {
        {9, ppp(sip4)},
        {9, "\xff\x03" + ppp(sip6)},
        {9, "\x21" + sip4},
        {9, bytes({0x0f, 0}) + ethertype(sip4) + sip4},
        {50, "\xff\x03" + ppp(sip4)},
        {51, pppoe},
        {104, bytes({0x0f, 0}) + ethertype(sip6) + sip6},
        {104, "\xff\x03" + ppp(sip4)},
        {107, bytes({0x18, 0x41, 3, 0xcc}) + sip4},
        {107, bytes({0x18, 0x41}) + ethertype(sip4) + sip4},
        {107, bytes({0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7}) + eth},
        {105, qos + snap(sip4)},
        {105, bytes({0x08, 2, 0, 0}) + std::string(18, '\x02') + be16(0) + snap(sip4)},
        {105, bytes({0x08, 3, 0, 0}) + std::string(18, '\x02') + be16(0) + nul(6) + snap(sip4)},
        {127, bytes({0, 0, 8, 0}) + nul(4) + qos + snap(sip4)},
        {127, bytes({0, 0, 9, 0, 2, 0, 0, 0, 0x20}) + qos + nul(2) + snap(sip4)},
        {119, nul(144) + qos + snap(sip4)},
        {163, bytes({0x80, 0x21, 0x10, 1}) + be32(64) + nul(56) + qos + snap(sip4)},
        {192, bytes({0, 0, 8, 0, 105, 0, 0, 0}) + qos + snap(sip4)},
        {100, snap(sip4)},
        {6, bytes({0x10, 0x40}) + std::string(12, '\x02') + snap(sip4)},
        {10, bytes({0x50}) + std::string(12, '\x02') + snap(sip4)},
        {113, be16(0) + be16(1) + be16(6) + nul(8) + be16(0x8864) + pppoe},
        {113, be16(0) + be16(1) + be16(6) + nul(8) + be16(4) + snap(sip4)},
        {113, be16(0) + be16(1) + be16(6) + nul(8) + be16(0x8847) + be32(0x12140) + sip4},
        {276,
         be16(0x8100) + be16(0) + be32(2) + be16(1) + nul(10) + be16(5) + be16(0x8864) + pppoe},
        {239, bytes({2, 0, 0, 0, 8, 0, 1, 0, 0, 0, 0, 0}) +
                  bytes({static_cast<int>((sip4.size() + 4) & 0xffU),
                         static_cast<int>((sip4.size() + 4) >> 8U), 9, 0}) +
                  sip4},
        {258, bytes({12, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}) + eth},
        {226, nul(24) + sip4},
        {143, bytes({0, 0}) + be16(eth.size()) + be16(0) + eth},
        {197, nul(8) + bytes({2, 4}) + nul(6) + nul(2) + eth},
        {204, nul(1) + "\xff\x03" + ppp(sip4)},
        {219, be32(0x12140) + sip4},
        {240, nul(4) + eth},
        {274, nul(8) + eth},
        {281, std::string(12, '\x02') + be32(0) + ethertype(sip4) + sip4},
    };
    for (const auto& [number, frame] : cases) {
        const auto link = packets::link_of(number);
        ASSERT_TRUE(link) << number;
        EXPECT_EQ(decode(frame, *link).messages, std::vector{one}) << number;
        for (std::size_t size = 0; size < frame.find(one); ++size) {
            EXPECT_TRUE(decode(frame.substr(0, size), *link).messages.empty()) << number;
        }
    }
}

TEST(Layers, ThatHoldNoIpAreCountedByWhatTheyAre) {
    const struct {
        Link link;
        std::string frame;
        Fate fate;
    } cases[] = {
        {Link::ethernet, typed(0x0806, nul(28)), Fate::arp},
        {Link::ethernet, typed(0x88cc, nul(28)), Fate::lldp},
        {Link::ethernet, typed(0x888e, nul(28)), Fate::eapol},
        {Link::ethernet, typed(0x8809, nul(28)), Fate::link_control},
        {Link::ethernet, typed(0x8863, nul(28)), Fate::ppp_control},
        {Link::ethernet, typed(0x8864, bytes({0x11, 0, 0, 1, 0, 4, 0xc0, 0x21, 1, 1})),
         Fate::ppp_control},
        {Link::ethernet, typed(38, bytes({0x42, 0x42, 3}) + nul(35)), Fate::stp},
        {Link::ethernet, typed(38, bytes({0xfe, 0xfe, 3}) + nul(35)), Fate::routing},
        {Link::ethernet, typed(0x88e5, bytes({0x0c, 0}) + nul(60)), Fate::encrypted},
        {Link::ethernet, typed(0x1234, nul(40)), Fate::not_ip},
        {Link::wlan, bytes({0x80, 0}) + nul(40), Fate::wlan_control},
        {Link::wlan, bytes({0x08, 0x41}) + nul(60), Fate::encrypted},
        {Link::ppp, bytes({0xc0, 0x21}) + nul(8), Fate::ppp_control},
        {Link::ppp, bytes({0, 0xfd}) + nul(80), Fate::encrypted},
        {Link::hdlc, bytes({0x8f, 0, 0x80, 0x35}) + nul(14), Fate::link_control},
        {Link::raw, over_ip(1, nul(8)), Fate::icmp},
        {Link::raw, ipv6("::1", "::2", 58, nul(8)), Fate::icmp},
        {Link::raw, over_ip(89, nul(8)), Fate::routing},
        {Link::raw, over_ip(200, nul(8)), Fate::not_udp_tcp},
    };
    for (const auto& [link, frame, fate] : cases) {
        EXPECT_EQ(decode(frame, link).fate(fate), 1U)
            << packets::fate_names[static_cast<std::size_t>(fate)];
    }
}

TEST(Layers, TellWhereADatagramWasSeen) {
    packets::Trace trace;
    packets::Decoder decoder(Link::ethernet, [&](const packets::Message& message) {
        ASSERT_TRUE(message.trace);
        trace = *message.trace;
    });
    const auto take = [&](const std::string& frame) {
        trace = {};
        decoder.decode(wire::as_bytes(frame), 1'000'000);
        std::string link;
        append(trace.link, link);
        return link;
    };
    EXPECT_EQ(take(ethernet(sip4, {0x88a8, 0x8100})), "020202020202>020202020202/100/100");
    EXPECT_EQ(trace.ip_id, 7U);
    EXPECT_EQ(trace.ttl, 64U);
    // A mirrored packet has its own link addresses, or none.
    EXPECT_EQ(take(ethernet(
                  over_udp(4789, vxlan(5, bytes({6, 5, 4, 3, 2, 1}) + ethernet(sip4).substr(6))))),
              "020202020202>060504030201");
    EXPECT_EQ(take(ethernet(over_ip(47, gre(0, 0x0800, sip4)))), "");
    EXPECT_EQ(trace.ttl, 64U);
}

TEST(ExportedPdu, IsTaken) {
    const auto tag = [](std::size_t code, const std::string& value) {
        return be16(code) + be16(value.size()) + value;
    };
    const std::string head = tag(12, "sip" + nul(1)) + tag(20, address("10.1.0.1")) +
                             tag(21, address("10.1.0.2")) + tag(24, be32(3)) + tag(25, be32(5061)) +
                             tag(26, be32(5062)) + tag(0, "");
    std::vector<std::string> ends;
    packets::Decoder decoder(Link::exported_pdu, [&](const packets::Message& message) {
        ends.push_back(wire::to_string(message.source) + " " +
                       wire::to_string(message.destination));
        EXPECT_EQ(message.protocol, 17);
        EXPECT_EQ(wire::as_text(message.bytes), one);
    });
    decoder.decode(wire::as_bytes(head + one), 1'000'000);
    EXPECT_EQ(ends, std::vector<std::string>{"10.1.0.1:5061 10.1.0.2:5062"});
    for (std::size_t size = 0; size < head.size(); ++size) {
        EXPECT_TRUE(decode(head.substr(0, size), Link::exported_pdu).messages.empty());
    }
}

}  // namespace
