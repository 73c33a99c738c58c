// What is written is read back, by the readers of captures.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "packets/capture.h"
#include "packets/capture_file.h"
#include "packets/synthesis/capture_text.h"
#include "packets/synthesis/packetizer.h"

namespace ci::synthesis {
namespace {

constexpr Nanos when = 1'700'000'000'123'456'000;

wire::Endpoint end(const std::string& text) {
    return text.empty() ? wire::Endpoint{} : *wire::parse_endpoint(text);
}

Sent sent(const std::string& from, const std::string& to, Transport transport,
          const std::string& octets, Nanos at = when) {
    return {at, end(from), end(to), transport, octets, {}};
}

/// Of a call, with a body of that size.
std::string message(const std::string& call_id, std::size_t size) {
    std::string body;
    for (std::size_t i = 0; i < size; ++i) body += static_cast<char>('a' + i % 26);
    return test::sip_message(call_id, body);
}

std::vector<Frame> all_frames(const std::vector<Sent>& all) {
    Packetizer packetizer;
    std::vector<Frame> frames;
    for (const Sent& one : all) packetizer.add(one, frames);
    return frames;
}

std::string file_of(const std::vector<Frame>& frames, Format format) {
    CaptureText text(format, "Call-ID: 1@x");
    for (const Frame& frame : frames) text.add(frame);
    return std::move(text).take();
}

/// Passes a file through the readers. Each frame must be SIP, or a part of it.
void read(const std::string& file, test::Capture& capture) {
    std::string_view rest = file;
    packets::CaptureFile reader([&](std::span<std::byte> to) {
        const auto part = wire::as_bytes(rest.substr(0, to.size()));
        std::copy(part.begin(), part.end(), to.begin());
        rest.remove_prefix(part.size());
        return part.size();
    });
    ASSERT_TRUE(reader.open()) << reader.trouble();
    packets::Record record;
    auto state = packets::RecordState::frame;
    while ((state = reader.next(record)) == packets::RecordState::frame) {
        capture.decoder.decode(packets::link_of(record.link_type), record.bytes, record.at);
    }
    EXPECT_EQ(state, packets::RecordState::end) << reader.trouble();
    capture.decoder.end();
}

std::vector<test::Seen> seen_in(const std::vector<Sent>& all, Format format = Format::pcapng) {
    test::Capture capture;
    read(file_of(all_frames(all), format), capture);
    return capture.seen;
}

/// The sum that a receiver makes is all ones if the checksum is right (RFC 1071).
bool sums_up(std::string_view bytes, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const unsigned octet = static_cast<unsigned char>(bytes[i]);
        sum += i % 2 == 0 ? octet << 8U : octet;
    }
    while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
    return sum == 0xffff;
}

TEST(Synthesis, WhatIsWrittenIsReadBack) {
    const std::string big = message("big@x", 4'000);
    const std::vector<Sent> all{
        sent("192.0.2.1:5070", "192.0.2.2:5060", Transport::udp, test::one),
        sent("192.0.2.2:5060", "192.0.2.1:5070", Transport::udp, big, when + 1'000),
        sent("[2001:db8::1]:5070", "[2001:db8::2]:5060", Transport::udp, big, when + 2'000),
        sent("192.0.2.1:40000", "192.0.2.2:5060", Transport::tcp, big, when + 3'000),
        sent("192.0.2.2:5060", "192.0.2.1:40000", Transport::tcp, test::two, when + 4'000),
        sent("192.0.2.1:40000", "192.0.2.2:5060", Transport::tcp, test::one, when + 5'000),
        sent("[2001:db8::1]:40000", "[2001:db8::2]:443", Transport::websocket, big, when + 6'000),
        sent("[2001:db8::2]:443", "[2001:db8::1]:40000", Transport::websocket, big, when + 7'000),
    };
    for (const Format format : {Format::pcap, Format::pcapng}) {
        const auto seen = seen_in(all, format);
        ASSERT_EQ(seen.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_EQ(seen[i].bytes, all[i].octets) << i;
            EXPECT_EQ(seen[i].source, wire::to_string(all[i].source)) << i;
            EXPECT_EQ(seen[i].destination, wire::to_string(all[i].destination)) << i;
            EXPECT_EQ(seen[i].at, all[i].at / 1'000) << i;
            EXPECT_FALSE(seen[i].is_cut || seen[i].bad_length) << i;
            constexpr int protocols[] = {17, 6, packets::proto_websocket};
            EXPECT_EQ(seen[i].protocol, protocols[static_cast<std::size_t>(all[i].transport)]) << i;
        }
    }
}

TEST(Synthesis, NothingOfItIsLostOrUnknown) {
    test::Capture capture;
    read(file_of(all_frames({sent("192.0.2.1:40000", "192.0.2.2:80", Transport::websocket,
                                  message("1@x", 70'000)),
                             sent("192.0.2.2:80", "192.0.2.1:40000", Transport::websocket,
                                  test::one, when + 1'000)}),
                 Format::pcap),
         capture);
    EXPECT_EQ(capture.messages(), (test::Texts{message("1@x", 70'000), test::one}));
    for (const auto loss : capture.decoder.counts().losses) EXPECT_EQ(loss, 0U);
}

TEST(Synthesis, ChecksumsAreRight) {
    for (const std::size_t size : {0U, 1U, 2U, 301U, 1'999U}) {
        const auto frames = all_frames(
            {sent("192.0.2.1:5070", "192.0.2.2:5060", Transport::udp, message("1@x", size))});
        for (const Frame& frame : frames) EXPECT_TRUE(sums_up(frame.bytes.substr(14, 20)));
        if (frames.size() > 1) continue;
        const std::string datagram = frames[0].bytes.substr(34);
        EXPECT_TRUE(sums_up(frames[0].bytes.substr(26, 8) + datagram,
                            17U + static_cast<std::uint32_t>(datagram.size())));
    }
    for (const std::size_t size : {0U, 1U, 5'000U}) {
        for (const Frame& frame : all_frames({sent("[2001:db8::1]:5070", "[2001:db8::2]:5060",
                                                   Transport::tcp, message("1@x", size))})) {
            const std::string segment = frame.bytes.substr(54);
            EXPECT_TRUE(sums_up(frame.bytes.substr(22, 32) + segment,
                                6U + static_cast<std::uint32_t>(segment.size())));
        }
    }
}

TEST(Synthesis, AChecksumOfUdpThatIsZeroIsWrittenAsOnes) {
    // One word of the message is the complement of all others.
    std::string octets = "OPTIONS sip:x SIP/2.0\r\n??\r\n\r\n\r\n";
    const auto checksum = [&] {
        return all_frames({sent("0.0.0.0:0", "0.0.0.0:0", Transport::udp, octets)})[0].bytes.substr(
            40, 2);
    };
    const auto word = [](const std::string& two) {
        return static_cast<unsigned char>(two[0]) << 8 | static_cast<unsigned char>(two[1]);
    };
    const std::size_t place = octets.find('?') / 2 * 2;
    octets[place] = octets[place + 1] = '\0';
    const auto sum = word(checksum());
    octets[place] = static_cast<char>(sum >> 8);
    octets[place + 1] = static_cast<char>(sum & 0xff);
    EXPECT_EQ(word(checksum()), 0xffff);
}

TEST(Synthesis, NoFrameIsLargerThanTheMtu) {
    for (const std::string address : {"192.0.2.", "[2001:db8::"}) {
        const std::string tail = address.starts_with('[') ? "]:5060" : ":5060";
        for (const Transport transport : {Transport::udp, Transport::tcp, Transport::websocket}) {
            for (const Frame& frame : all_frames({sent(address + "1" + tail, address + "2" + tail,
                                                       transport, message("1@x", 60'000))})) {
                EXPECT_LE(frame.bytes.size(), 14U + mtu);
            }
        }
    }
}

TEST(Synthesis, TwoTransmissionsHaveTwoIds) {
    const Sent one = sent("192.0.2.1:5070", "192.0.2.2:5060", Transport::udp, test::one);
    const auto frames = all_frames({one, one});
    EXPECT_NE(frames[0].bytes.substr(18, 2), frames[1].bytes.substr(18, 2));
    EXPECT_NE(frames[0].bytes.substr(18, 2), std::string(2, '\0'));
}

TEST(Synthesis, IdsStartAgainAndAreNeverZero) {
    Identification identification;
    for (std::uint32_t i = 0; i < 0xffff; ++i) EXPECT_NE(identification.next(), 0U);
    EXPECT_EQ(identification.next(), 1U);
}

TEST(Synthesis, WhatHasNoAddressIsUnspecified) {
    const auto seen = seen_in({sent("", "192.0.2.2:5060", Transport::udp, test::one),
                               sent("", "[2001:db8::2]:5060", Transport::udp, test::one),
                               sent("", "", Transport::udp, test::one)});
    ASSERT_EQ(seen.size(), 3U);
    EXPECT_EQ(seen[0].source, "0.0.0.0:0");
    EXPECT_EQ(seen[1].source, "[::]:0");
    EXPECT_EQ(seen[2].destination, "0.0.0.0:0");
}

TEST(Synthesis, AnIpv4EndOfAnIpv6HopIsMapped) {
    const auto frames =
        all_frames({sent("192.0.2.1:5070", "[2001:db8::2]:5060", Transport::udp, test::one)});
    EXPECT_EQ(frames[0].bytes.substr(22, 16),
              std::string(10, '\0') + "\xff\xff\xc0" + std::string("\0\x02\x01", 3));
}

TEST(Synthesis, AMessageThatIsNotWholeDoesNotSwallowTheNextOfItsConnection) {
    const std::string whole = message("1@x", 3'000);
    const std::string no_length =
        "OPTIONS sip:b@x SIP/2.0\r\nCall-ID: 3@x\r\nCSeq: 1 OPTIONS\r\n\r\nx";
    const std::string from = "192.0.2.1:40000", to = "192.0.2.2:5060";
    for (const std::string& part :
         {whole.substr(0, 2'000), whole.substr(0, 100), no_length, whole + "behind it"}) {
        const auto seen = seen_in({sent(from, to, Transport::tcp, part),
                                   sent(from, to, Transport::tcp, test::two, when + 1'000)});
        ASSERT_EQ(seen.size(), 2U) << part.size();
        EXPECT_TRUE(part.starts_with(seen[0].bytes));
        EXPECT_GE(seen[0].bytes.size() + 9, part.size());
        EXPECT_EQ(seen[1].bytes, test::two);
    }
}

TEST(Synthesis, WhatALengthPromisesBeyondReasonIsNotMissing) {
    const std::string huge =
        "OPTIONS sip:b@x SIP/2.0\r\nCall-ID: 3@x\r\nContent-Length: 4000000000\r\n\r\nx";
    const auto frames =
        all_frames({sent("192.0.2.1:40000", "192.0.2.2:5060", Transport::tcp, huge)});
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_LE(frames[0].bytes.size() + frames[0].missing, 65'535U);
}

TEST(Synthesis, WhatIsTooLargeForADatagramGoesByTcp) {
    const auto seen =
        seen_in({sent("192.0.2.1:5070", "192.0.2.2:5060", Transport::udp, message("1@x", 66'000))});
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].protocol, 6);
}

TEST(Synthesis, WhatHasNoOctetsIsNoPacket) {
    for (const Transport transport : {Transport::udp, Transport::tcp, Transport::websocket}) {
        EXPECT_TRUE(all_frames({sent("192.0.2.1:1", "192.0.2.2:2", transport, "")}).empty());
    }
}

TEST(Synthesis, ACommentStandsAtTheFrameThatCompletesTheMessage) {
    for (const Transport transport : {Transport::udp, Transport::tcp, Transport::websocket}) {
        Sent one = sent("192.0.2.1:5070", "192.0.2.2:5060", transport, message("1@x", 4'000));
        one.comment = "seen by a";
        const auto frames = all_frames({one});
        EXPECT_EQ(frames.back().comment, "seen by a");
        EXPECT_EQ(std::count_if(frames.begin(), frames.end(),
                                [](const Frame& frame) { return frame.comment == "seen by a"; }),
                  1);
        EXPECT_NE(file_of(frames, Format::pcapng).find("seen by a"), std::string::npos);
        EXPECT_EQ(file_of(frames, Format::pcap).find("seen by a"), std::string::npos);
    }
}

TEST(Synthesis, LongCommentsAreCutAndTimesStayWithinTheFormat) {
    std::vector<Frame> frames{
        {-5, test::ethernet(test::sip4), 0, std::string(100'000, 'x')},
        {std::numeric_limits<Nanos>::max(), test::ethernet(test::sip4), 0, {}}};
    for (const Format format : {Format::pcap, Format::pcapng}) {
        test::Capture capture;
        EXPECT_LT(file_of(frames, format).size(), 70'000U);
        read(file_of(frames, format), capture);
        ASSERT_EQ(capture.seen.size(), 2U);
        EXPECT_EQ(capture.seen[0].at, 0);
        EXPECT_GE(capture.seen[1].at, 4'294'967'295'000'000);
    }
}

TEST(Synthesis, AWebSocketConnectionIsOpenedByTheEndWithTheHigherPort) {
    const std::string client = "192.0.2.1:40000", server = "192.0.2.2:443";
    for (const bool is_first : {true, false}) {
        const auto frames = all_frames({sent(is_first ? client : server, is_first ? server : client,
                                             Transport::websocket, test::one)});
        ASSERT_EQ(frames.size(), 3U);
        EXPECT_EQ(frames[0].bytes.substr(54, 16), "GET / HTTP/1.1\r\n");
        EXPECT_EQ(frames[0].bytes.substr(26, 4), std::string("\xc0\0\x02\x01", 4));
        EXPECT_EQ(frames[1].bytes.substr(54, 13), "HTTP/1.1 101 ");
        EXPECT_EQ(frames[1].bytes.substr(26, 4), std::string("\xc0\0\x02\x02", 4));
        EXPECT_FALSE(frames[0].comment.empty() || frames[1].comment.empty());
        EXPECT_LT(frames[0].at, frames[1].at);
        EXPECT_LT(frames[1].at, frames[2].at);
        EXPECT_GT(frames[0].at, when - 1'000);
        // Clients mask (RFC 6455 5.3).
        EXPECT_EQ(frames[2].bytes.find(test::one) == std::string::npos, is_first);
    }
}

TEST(Synthesis, AnyMessagesComeBackInTheirOrder) {
    std::mt19937 random(20'261'129);
    const auto below = [&](unsigned n) {
        return std::uniform_int_distribution<unsigned>(0, n - 1)(random);
    };
    const std::string hosts[] = {"192.0.2.1", "192.0.2.2", "[2001:db8::1]", "[2001:db8::2]"};
    for (int round = 0; round < 100; ++round) {
        std::vector<Sent> all;
        for (unsigned i = 0; i < 20; ++i) {
            // Two addresses of one family, and a transport for each pair of ports.
            const unsigned family = below(2) * 2, port = below(3), up = below(2);
            const std::string a =
                hosts[family + up] + ":" + std::to_string(5060 + (up != 0 ? 0 : 7'000 + port));
            const std::string b =
                hosts[family + 1 - up] + ":" + std::to_string(5060 + (up != 0 ? 7'000 + port : 0));
            all.push_back(
                sent(a, b, static_cast<Transport>(port),
                     message(std::to_string(i) + "@x", below(4) == 0 ? below(9'000) : below(200)),
                     when + i * 1'000));
        }
        const auto seen = seen_in(all, round % 2 == 0 ? Format::pcap : Format::pcapng);
        ASSERT_EQ(seen.size(), all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_EQ(seen[i].bytes, all[i].octets);
            EXPECT_EQ(seen[i].at, all[i].at / 1'000);
        }
    }
}

}  // namespace
}  // namespace ci::synthesis
