#include "commands/call_packets.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "commands/chunk_texts.h"

namespace ci::commands {
namespace {

using json = nlohmann::ordered_json;
using synthesis::Format;
using synthesis::Transport;

/// One INVITE, as an observer reports it.
json invite(const std::string& via = "UDP") {
    return {{"call-id", "1@x"},
            {"timestamp", 63957219200.5},
            {"label", "INVITE sip:b@x SIP/2.0"},
            {"raw",
             {"INVITE sip:b@x SIP/2.0", "Via: SIP/2.0/" + via + " 192.0.2.1;branch=z9hG4bK1",
              "From: <sip:a@x>;tag=1", "To: <sip:b@x>", "Call-ID: 1@x", "CSeq: 1 INVITE"}},
            {"src", "192.0.2.1:5060"},
            {"dst", "192.0.2.2:5060"},
            {"observer", "a"},
            {"c_seq", "1 INVITE"}};
}

json with(json chunk, const char* name, const json& value) {
    chunk[name] = value;
    return chunk;
}

CallPackets packets(const std::vector<json>& chunks, Format format = Format::pcap) {
    std::vector<std::string> texts;
    for (const json& chunk : chunks) texts.push_back(chunk.dump());
    WholeCall call;
    call.chunks =
        read_chunk_texts(std::vector<std::string_view>(texts.begin(), texts.end()))->chunks;
    call.flow = order::order(call.chunks);
    call.leg_of = legs_by_beginning(call.chunks, call.flow);
    call.legs.resize(1);
    return packets_of(call, {}, {}, format);
}

TEST(CallPackets, ATransportIsWhatObserversSay) {
    const std::pair<const char*, Transport> told[] = {
        {"udp", Transport::udp},  {"tcp", Transport::tcp},      {"tls", Transport::tcp},
        {"sctp", Transport::tcp}, {"ws", Transport::websocket}, {"99", Transport::udp}};
    for (const auto& [name, transport] : told) {
        EXPECT_EQ(packets({with(invite(), "transport", name)}).sent.at(0).transport, transport)
            << name;
    }
}

TEST(CallPackets, WhereNobodySaysTheViaTellsTheTransport) {
    const std::pair<const char*, Transport> told[] = {{"UDP", Transport::udp},
                                                      {"tcp", Transport::tcp},
                                                      {"TLS", Transport::tcp},
                                                      {"WSS", Transport::websocket},
                                                      {"X", Transport::udp}};
    for (const auto& [name, transport] : told) {
        EXPECT_EQ(packets({invite(name)}).sent.at(0).transport, transport) << name;
    }
}

TEST(CallPackets, WebSocketCountsBeforeTheTcpBelowIt) {
    const json below = with(invite(), "transport", "tcp");
    const json above = with(with(invite(), "transport", "ws"), "observer", "b");
    const auto both = packets({below, above});
    ASSERT_EQ(both.sent.size(), 1U);
    EXPECT_EQ(both.sent[0].transport, Transport::websocket);
}

TEST(CallPackets, EventsAndWhatIsNoSipAreLeftOut) {
    const auto all = packets({invite(), with(invite(), "event", "log"),
                              with(with(invite(), "raw", {"line"}), "label", "no SIP at all")});
    EXPECT_EQ(all.sent.size(), 1U);
    EXPECT_EQ(all.left_out, 2U);
}

TEST(CallPackets, WhatALogDescribesHasItsStartLineAndNoMore) {
    json line = with(invite(), "raw", {"start|received udp request INVITE sip:b@x"});
    line["call-id"] = "1@x\r\nX: y";
    const auto all = packets({line});
    ASSERT_EQ(all.sent.size(), 1U);
    EXPECT_EQ(all.sent[0].octets,
              "INVITE sip:b@x SIP/2.0\r\nCall-ID: 1@x\\r\\nX: y\r\nCSeq: 1 INVITE\r\n"
              "Content-Length: 0\r\n\r\n");
}

TEST(CallPackets, PaddingIsNotExported) {
    json padded = invite();
    for (const char* line : {"Content-Length: 0", "", "\0\0"}) padded["raw"].push_back(line);
    padded["raw"].back() = std::string(4, '\0');
    padded["crlfs"] = 0;
    EXPECT_TRUE(packets({padded}).sent.at(0).octets.ends_with("Content-Length: 0\r\n\r\n"));
}

TEST(CallPackets, AnEndThatIsNoAddressIsUnknown) {
    const auto all = packets({with(with(invite(), "src", "proxy:5060"), "dst", "")});
    EXPECT_EQ(all.sent.at(0).source.address.family, wire::Family::none);
    EXPECT_EQ(all.sent.at(0).destination.address.family, wire::Family::none);
}

TEST(CallPackets, CommentsAreVisibleAndInPcapngOnly) {
    const json hostile = with(invite(), "observer", "a\x1b[2J\n\u202e");
    EXPECT_EQ(packets({hostile}).sent.at(0).comment, "");
    const std::string comment = packets({hostile}, Format::pcapng).sent.at(0).comment;
    EXPECT_TRUE(comment.starts_with("message 0\nseen by a\\x1b[2J\\n\\u202e")) << comment;
}

TEST(CallPackets, AnObserverIsNamedOnceAndARetransmissionIsTold) {
    const json first = invite(), again = with(first, "timestamp", 63957219201.0);
    const auto all = packets(
        {first, again, with(first, "observer", "b"), with(again, "observer", "b")}, Format::pcapng);
    ASSERT_EQ(all.sent.size(), 2U);
    EXPECT_TRUE(
        all.sent[1].comment.starts_with("message 1, retransmission 1\nseen by a\nseen by b"))
        << all.sent[1].comment;
}

TEST(CallPackets, LongCommentsAreCutAtALine) {
    std::vector<json> chunks;
    for (int i = 0; i < 300; ++i) {
        chunks.push_back(with(invite(), "observer", std::to_string(i) + std::string(100, 'x')));
    }
    const auto all = packets(chunks, Format::pcapng);
    ASSERT_EQ(all.sent.size(), 1U);
    EXPECT_LE(all.sent[0].comment.size(), 16'384U);
    EXPECT_TRUE(all.sent[0].comment.ends_with("xxx"));
    EXPECT_GT(all.sent[0].comment.size(), 16'000U);
}

}  // namespace
}  // namespace ci::commands
