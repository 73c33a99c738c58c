// Events are placed among a dialogue's messages but take no part in the dialogue.
#include <gtest/gtest.h>

#include <algorithm>

#include "order/order.h"

namespace ci::order {
namespace {

chunk::Chunk a_chunk(const std::string& label, const std::string& src, const std::string& dst,
                     wire::Micros at) {
    chunk::Chunk chunk;
    chunk.observer = "p";
    chunk.label = label;
    chunk.src = src;
    chunk.dst = dst;
    chunk.timestamp = chunk.ref_timestamp = 1'800'000'000'000'000 + at;
    chunk.json = "{\"label\":\"" + label + "\",\"ref_timestamp\":" + std::to_string(at) + "}";
    return chunk;
}

chunk::Chunk a_message(const std::string& label, const std::string& src, const std::string& dst,
                       wire::Micros at) {
    auto chunk = a_chunk(label, src, dst, at);
    chunk.c_seq = "1 INVITE";
    return chunk;
}

chunk::Chunk a_log(const std::string& text, wire::Micros at) {
    auto chunk = a_chunk(text, "192.0.2.2:5060", "192.0.2.2:5060", at);
    chunk.event = "log";
    chunk.message = text;
    return chunk;
}

std::vector<std::string> labels(const std::vector<chunk::Chunk>& chunks, const Flow& flow) {
    std::vector<std::string> found;
    for (const Event& event : flow.events) found.push_back(chunks[event.chunk].label);
    return found;
}

TEST(Events, StandAtTheirTimesWhateverOrderTheyCameIn) {
    std::vector<chunk::Chunk> chunks{
        a_message("INVITE sip:b@c SIP/2.0", "192.0.2.1:5060", "192.0.2.2:5060", 0),
        a_log("INVITE is taken", 100),
        a_message("INVITE sip:b@c SIP/2.0", "192.0.2.2:5060", "192.0.2.3:5060", 200),
        a_message("SIP/2.0 200 OK", "192.0.2.3:5060", "192.0.2.2:5060", 300),
        a_log("SIP/2.0 200 is in the text", 350),
        a_message("SIP/2.0 200 OK", "192.0.2.2:5060", "192.0.2.1:5060", 400),
    };
    const auto expected = labels(chunks, order(chunks));
    ASSERT_EQ(expected.size(), chunks.size());
    EXPECT_EQ(expected[1], "INVITE is taken");
    EXPECT_EQ(expected[4], "SIP/2.0 200 is in the text");
    std::reverse(chunks.begin(), chunks.end());
    EXPECT_EQ(labels(chunks, order(chunks)), expected);
}

TEST(Events, ThatSayTheSameAreSeveralAndNoneIsARetransmission) {
    const std::vector<chunk::Chunk> chunks{a_log("again", 0), a_log("again", 20),
                                           a_log("again", 500'000)};
    const Flow flow = order(chunks);
    ASSERT_EQ(flow.events.size(), 3U);
    for (const Event& event : flow.events) {
        EXPECT_EQ(event.retransmission, 0U);
        EXPECT_EQ(event.seen.size(), 1U);
    }
}

TEST(Events, DoNotTakePart) {
    const std::vector<chunk::Chunk> chunks{
        a_log("before", 0),
        a_message("INVITE sip:b@c SIP/2.0", "192.0.2.1:5060", "192.0.2.3:5060", 10)};
    EXPECT_EQ(entities(chunks, order(chunks)),
              (std::vector<std::string>{"192.0.2.1:5060", "192.0.2.3:5060"}));
}

}  // namespace
}  // namespace ci::order
