// SIP over TCP whose messages come in pieces, or several in one packet.
#include "sources/pieces.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "hep/encode.h"
#include "sources/receiver.h"
#include "sources/recording.h"
#include "support/places.h"

namespace {

using namespace ci;
using namespace std::literals;
using sources::Piece;

constexpr std::uint8_t tcp = 6, udp = 17, tls = 22, websocket = 50;

std::string message(std::string_view method, std::string_view call_id, std::string_view body = "",
                    std::string_view type = "application/sdp") {
    std::string text(method);
    text += " sip:bob@10.1.0.2 SIP/2.0\r\nVia: SIP/2.0/TCP 10.1.0.1;branch=z9hG4bK1\r\nCall-ID: ";
    text += call_id;
    text += "\r\nCSeq: 1 ";
    text += method;
    if (!body.empty()) text.append("\r\nContent-Type: ").append(type);
    text += "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    text += body;
    return text;
}

const std::string sdp = "v=0\r\no=- 1 1 IN IP4 10.1.0.1\r\ns=-\r\nc=IN IP4 10.1.0.1\r\nt=0 0\r\n";

/// The packets that one observer reports of one connection.
class Feed {
  public:
    std::vector<std::string> messages, calls;
    std::vector<bool> truncated;
    std::vector<wire::Micros> times, arrivals;

    hep::Capture capture = [] {
        hep::Capture c;
        c.version = 3;
        c.ip_protocol = tcp;
        c.source = *wire::parse_endpoint("10.1.0.1:40000");
        c.destination = *wire::parse_endpoint("10.1.0.2:5060");
        c.payload_type = hep::PayloadType::sip;
        c.capture_id = 201;
        return c;
    }();
    wire::Micros now = 1'795'225'829'000'000;

    void send(std::string_view payload) { send({payload}); }
    /// In one batch.
    void send(std::initializer_list<std::string_view> payloads) {
        std::vector<std::string> packets;
        std::vector<wire::Datagram> datagrams;
        for (const auto payload : payloads) {
            capture.payload = payload;
            capture.captured_at = now - 10;
            packets.push_back(hep::encode(capture).value());
            wire::Datagram datagram;
            datagram.peer = *wire::parse_endpoint("192.0.2.9:5060");
            datagram.arrival = now;
            datagrams.push_back(datagram);
            now += 1'000;
        }
        for (std::size_t i = 0; i < packets.size(); ++i) {
            datagrams[i].bytes = wire::as_bytes(packets[i]);
        }
        receiver.receive(datagrams);
        // The receiver must not look at the packets after the call.
        for (auto& packet : packets) std::fill(packet.begin(), packet.end(), 'x');
        expect_each_packet_is_counted_once();
    }
    void finish() {
        receiver.finish();
        expect_each_packet_is_counted_once();
        EXPECT_EQ(count(Piece::waiting), 0U);
    }
    [[nodiscard]] std::uint64_t count(Piece piece) const {
        return receiver.counters().pieces[static_cast<std::size_t>(piece)];
    }

    sources::Receiver receiver{"p", {}, {}, {true, true}, [this](auto drafts) {
                                   for (const auto& draft : drafts) {
                                       messages.emplace_back(draft.message);
                                       calls.emplace_back(draft.call_id);
                                       truncated.push_back(draft.flags.has(chunk::Flag::truncated));
                                       times.push_back(draft.timestamp);
                                       arrivals.push_back(draft.ref_timestamp);
                                   }
                                   return drafts.size();
                               }};

  private:
    void expect_each_packet_is_counted_once() {
        const auto& counters = receiver.counters();
        std::uint64_t found = counters.stored + count(Piece::waiting) + count(Piece::joined);
        for (const auto& refused : counters.refused) found += refused;
        EXPECT_EQ(counters.received, found - count(Piece::further));
    }
};

using Texts = std::vector<std::string>;

TEST(Pieces, HeadAndBodyAreOneMessage) {
    const auto invite = message("INVITE", "a", sdp);
    const std::size_t head = invite.size() - sdp.size();
    Feed feed;
    feed.send(invite.substr(0, head));
    EXPECT_TRUE(feed.messages.empty());
    EXPECT_EQ(feed.count(Piece::waiting), 1U);
    feed.send(invite.substr(head));
    EXPECT_EQ(feed.messages, Texts{invite});
    EXPECT_FALSE(feed.truncated[0]);
    EXPECT_EQ(feed.count(Piece::put_together), 1U);
    EXPECT_EQ(feed.count(Piece::joined), 1U);
    EXPECT_EQ(feed.times[0], feed.now - 1'010) << "when it was whole";
    EXPECT_EQ(feed.arrivals[0], feed.now - 1'000);
}

TEST(Pieces, MayEndAnywhere) {
    const auto invite = message("INVITE", "a", sdp);
    const auto bye = message("BYE", "a");
    const auto all = invite + bye;
    for (std::size_t cut = 1; cut < all.size(); ++cut) {
        Feed feed;
        feed.send({std::string_view(all).substr(0, cut), std::string_view(all).substr(cut)});
        EXPECT_EQ(feed.messages, (Texts{invite, bye})) << cut;
        EXPECT_EQ(feed.count(Piece::cut), 0U);
        EXPECT_EQ(feed.receiver.deadline(), std::nullopt);
    }
}

TEST(Pieces, MayBeOneOctetEach) {
    const auto all = message("INVITE", "a", sdp) +
                     message("NOTIFY", "b", "SIP/2.0 200 OK\r\n", "message/sipfrag");
    Feed feed;
    for (const char& c : all) feed.send(std::string_view(&c, 1));
    EXPECT_EQ(feed.messages,
              (Texts{message("INVITE", "a", sdp),
                     message("NOTIFY", "b", "SIP/2.0 200 OK\r\n", "message/sipfrag")}));
}

TEST(Pieces, WaitForNothingIfTheyAreWhole) {
    Feed feed;
    for (const std::uint8_t protocol : {tcp, tls, websocket, udp}) {
        feed.capture.ip_protocol = protocol;
        feed.send(message("OPTIONS", "a"));
    }
    EXPECT_EQ(feed.messages, Texts(4, message("OPTIONS", "a")));
    EXPECT_EQ(feed.receiver.counters().pieces[0], 0U);
}

TEST(Pieces, OfUdpAreMessages) {
    const auto invite = message("INVITE", "a", sdp);
    Feed feed;
    feed.capture.ip_protocol = udp;
    feed.send({invite.substr(0, invite.size() - 5), invite + invite});
    ASSERT_EQ(feed.messages.size(), 2U);
    EXPECT_TRUE(feed.truncated[0]);
    EXPECT_EQ(feed.messages[1], invite);
    EXPECT_EQ(feed.count(Piece::further), 0U);
}

TEST(Pieces, OfSeveralMessagesArePulledApart) {
    const Texts all{message("INVITE", "a", sdp), message("OPTIONS", "b"), message("BYE", "c")};
    Feed feed;
    feed.send(all[0] + "\r\n\r\n" + all[1] + all[2]);
    EXPECT_EQ(feed.messages, all);
    EXPECT_EQ(feed.calls, (Texts{"a", "b", "c"}));
    EXPECT_EQ(feed.count(Piece::further), 2U);
}

TEST(Pieces, EndAMessageAndBeginTheNext) {
    const Texts all{message("INVITE", "a", sdp), message("OPTIONS", "b"),
                    message("INVITE", "c", sdp)};
    Feed feed;
    feed.send({all[0].substr(0, 200), all[0].substr(200) + all[1] + all[2].substr(0, 40),
               all[2].substr(40)});
    EXPECT_EQ(feed.messages, all);
    EXPECT_EQ(feed.count(Piece::put_together), 2U);
}

TEST(Pieces, OfWhichTheBeginIsMissingAreKeptApart) {
    const auto notify = message("NOTIFY", "a");
    Feed feed;
    feed.send("ate>\n</dialog></dialog-info>\n" + notify);
    EXPECT_EQ(feed.calls, (Texts{"@bad/sip_no_start_line", "a"}));
    EXPECT_EQ(feed.messages[1], notify);
    feed.send("SIP/2.0 200 OK\r\n" + notify);
    ASSERT_EQ(feed.calls.size(), 4U);
    EXPECT_EQ(feed.calls[3], "a") << "the end of a message/sipfrag";
    EXPECT_EQ(feed.messages[3], notify);
}

TEST(Pieces, WhoseStartLineGoesOnInTheNextLineEnd) {
    Feed feed;
    feed.send("INVITE sip:bob@10.1.0.2 SIP/2.0\r\n and more\r\n" + message("BYE", "b"));
    EXPECT_EQ(feed.calls.back(), "b");
    feed.send(message("OPTIONS", "a") + "INVITE sip:bob@10.1.0.2 SIP/2.0\r\n and more\r\n");
    EXPECT_EQ(feed.calls.back(), "a");
}

TEST(Pieces, StayCutWhenTheNextMessageBegins) {
    const auto invite = message("INVITE", "a", sdp);
    const auto bye = message("BYE", "b");
    for (const std::size_t cut : {std::size_t{150}, invite.size() - 10}) {
        Feed feed;
        feed.send({invite.substr(0, cut), bye});
        EXPECT_EQ(feed.messages, (Texts{invite.substr(0, cut), bye})) << cut;
        EXPECT_EQ(feed.truncated, (std::vector<bool>{true, false}));
        EXPECT_EQ(feed.count(Piece::cut), 1U);
    }
}

TEST(Pieces, OfWhichOneInBetweenIsMissingDoNotSwallowTheNextMessage) {
    const auto invite = message("INVITE", "a", sdp + sdp + sdp);
    const auto bye = message("BYE", "b", sdp);
    const auto end = invite.substr(invite.size() - 10);
    for (const std::size_t cut : {std::size_t{100}, invite.size() - 2 * sdp.size()}) {
        Feed feed;
        feed.send({invite.substr(0, cut), end + bye});
        EXPECT_EQ(feed.messages, (Texts{invite.substr(0, cut) + end, bye})) << cut;
        EXPECT_EQ(feed.truncated, (std::vector<bool>{true, false}));
    }
}

TEST(Pieces, OfABodyThatIsSipAreNotTheNextMessage) {
    const auto inner = message("BYE", "inner");
    const auto notify = message("NOTIFY", "a", inner, "message/sipfrag;version=2.0");
    Feed feed;
    feed.send({notify.substr(0, notify.size() - inner.size()), inner + message("BYE", "b")});
    EXPECT_EQ(feed.messages, (Texts{notify, message("BYE", "b")}));
}

TEST(Pieces, WithAContentLengthThatIsTooLargeDoNotSwallowTheNextMessage) {
    auto invite = message("INVITE", "a", sdp);
    invite.replace(invite.find("Content-Length: ") + 16, 2, "99");
    const auto bye = message("BYE", "b");
    Feed feed;
    feed.send(invite + bye);
    EXPECT_EQ(feed.messages, (Texts{invite, bye}));
    EXPECT_EQ(feed.truncated, (std::vector<bool>{true, false}));
    EXPECT_EQ(feed.count(Piece::cut), 1U);
}

TEST(Pieces, WithoutAContentLengthEndWhereTheNextMessageBegins) {
    const std::string one = "OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\n\r\n";
    const auto bye = message("BYE", "b");
    Feed feed;
    feed.send({one + bye, one + "text"});
    EXPECT_EQ(feed.messages, (Texts{one, bye, one + "text"}));
}

TEST(Pieces, OfOthersAreNotJoined) {
    const auto invite = message("INVITE", "a", sdp);
    const std::vector<std::function<void(hep::Capture&)>> others{
        [](hep::Capture& c) { c.capture_id = 202; },
        [](hep::Capture& c) { c.source.port = 40'001; },
        [](hep::Capture& c) { c.destination.address = *wire::parse_address("10.1.0.3"); },
        [](hep::Capture& c) { c.ip_protocol = tls; },
        [](hep::Capture& c) { c.agent_name = "another"; },
        [](hep::Capture& c) { std::swap(c.source, c.destination); },
    };
    for (const auto& change : others) {
        Feed feed;
        feed.send(invite.substr(0, 150));
        change(feed.capture);
        feed.send(invite.substr(150));
        feed.finish();
        EXPECT_EQ(feed.calls, (Texts{"@bad/sip_no_start_line", "a"}));
        EXPECT_EQ(feed.messages.back(), invite.substr(0, 150));
    }
}

TEST(Pieces, OfOldVersionsAreJoinedAsWell) {
    const auto invite = message("INVITE", "a", sdp);
    for (int version = 1; version <= 2; ++version) {
        Feed feed;
        feed.capture.version = static_cast<std::uint8_t>(version);
        feed.send({invite.substr(0, 100), invite.substr(100)});
        EXPECT_EQ(feed.messages, Texts{invite});
    }
}

TEST(Pieces, ThatComeMuchLaterAreNotJoined) {
    const auto invite = message("INVITE", "a", sdp);
    Feed feed;
    feed.send(invite.substr(0, 150));
    feed.now += 10'000'000;
    feed.send(invite.substr(150));
    EXPECT_EQ(feed.calls, (Texts{"a", "@bad/sip_no_start_line"}));
    EXPECT_TRUE(feed.truncated[0]);
}

TEST(Pieces, AreLetGoUnfinishedWhenNothingMoreComes) {
    const auto invite = message("INVITE", "a", sdp);
    Feed feed;
    feed.send(invite.substr(0, invite.size() - 2));
    const auto deadline = feed.receiver.deadline();
    ASSERT_TRUE(deadline);
    EXPECT_LE(*deadline, sources::Pieces::Clock::now() + sources::Pieces::patience);
    feed.receiver.expire();
    EXPECT_TRUE(feed.messages.empty()) << "not yet";
    feed.finish();
    EXPECT_EQ(feed.messages, Texts{invite.substr(0, invite.size() - 2)});
    EXPECT_TRUE(feed.truncated[0]);
    EXPECT_EQ(feed.count(Piece::cut), 1U);
}

TEST(Pieces, AreBoundedInCount) {
    const auto invite = message("INVITE", "a", sdp);
    Feed feed;
    const std::size_t all = sources::Pieces::max_messages + 3;
    for (std::size_t i = 0; i < all; ++i) {
        feed.capture.source.port = static_cast<std::uint16_t>(i);
        feed.send(invite.substr(0, 150));
    }
    EXPECT_EQ(feed.messages.size(), 3U);
    EXPECT_EQ(feed.count(Piece::no_room), 3U);
    EXPECT_EQ(feed.count(Piece::waiting), sources::Pieces::max_messages);
    feed.finish();
    EXPECT_EQ(feed.messages.size(), all);
}

TEST(Pieces, AreBoundedInBytes) {
    const std::string filler(60'000, 'x');
    const auto large = message("MESSAGE", "a", std::string(200'000, 'x'), "text/plain");
    Feed feed;
    for (std::uint16_t port = 1; port <= 200; ++port) {
        feed.capture.source.port = port;
        feed.send({large.substr(0, 60'000), filler, filler});
    }
    EXPECT_GT(feed.count(Piece::no_room), 0U);
    EXPECT_LE(feed.count(Piece::waiting) * 180'000, sources::Pieces::max_bytes);
    feed.finish();
    EXPECT_EQ(feed.messages.size(), 200U);
}

TEST(Pieces, OfAMessageThatIsTooLargeAreNotWaitedFor) {
    auto invite = message("INVITE", "a", sdp);
    invite.replace(invite.find("Content-Length: ") + 16, 2, "4000000000");
    Feed feed;
    feed.send(invite);
    EXPECT_EQ(feed.messages, Texts{invite});
    EXPECT_EQ(feed.count(Piece::waiting), 0U);
}

TEST(Pieces, KeepWhatElseThePacketTold) {
    const auto invite = message("INVITE", "", sdp);
    Feed feed;
    feed.capture.agent_name = "edge";
    feed.capture.correlation_id = "a-call";
    feed.send(invite.substr(0, 150));
    feed.capture.agent_name = "edge";
    feed.send(message("BYE", "b"));
    EXPECT_EQ(feed.calls, (Texts{"a-call", "b"}));
}

TEST(Pieces, WrappedInJsonAreWhole) {
    const std::string json =
        R"({"payload": "OPTIONS sip:a SIP/2.0\r\nCall-ID: a\r\nl: 0\r\n\r\n"})";
    Feed feed;
    feed.send(json);
    EXPECT_EQ(feed.calls, Texts{"a"});
    EXPECT_EQ(feed.count(Piece::waiting), 0U);
}

TEST(Pieces, ThatAreLineEndsAloneAreKeepalives) {
    Feed feed;
    feed.send({"\r\n\r\n", message("OPTIONS", "a"), "\r\n"});
    EXPECT_EQ(feed.calls, Texts{"a"});
    EXPECT_EQ(feed.receiver.counters().received, 3U);
}

/// FreeSWITCH 1.10.12 with sofia-sip 1.13.17: its own log has 120 messages for 123 packets. Ten of
/// the packets are pieces, and two hold two messages.
TEST(Pieces, OfARealFreeSwitchAreItsMessages) {
    std::ifstream in(test::data("hep/freeswitch-1.10.12-tcp.bin"), std::ios::binary);
    const std::string file(std::istreambuf_iterator<char>(in), {});
    const auto records = sources::read_recording(file);
    ASSERT_TRUE(records);
    Feed feed;
    for (const auto& record : *records) {
        wire::Datagram datagram;
        datagram.bytes = wire::as_bytes(record.datagram);
        datagram.arrival = record.arrival;
        feed.receiver.receive({&datagram, 1});
    }
    feed.finish();
    EXPECT_EQ(feed.messages.size(), 120U);
    EXPECT_EQ(std::count(feed.truncated.begin(), feed.truncated.end(), true), 0);
    EXPECT_EQ(feed.count(Piece::put_together), 5U);
    EXPECT_EQ(feed.count(Piece::joined), 5U);
    EXPECT_EQ(feed.count(Piece::further), 2U);
    EXPECT_EQ(feed.count(Piece::cut) + feed.count(Piece::tails), 0U);
}

}  // namespace
