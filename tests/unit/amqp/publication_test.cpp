#include "amqp/publication.h"

#include <gtest/gtest.h>

#include "amqp/said.h"

namespace ci::amqp {
namespace {

Answer answer(Answering to) {
    Answer one;
    one.to = to;
    one.server_id = "kzc-queue";
    one.msg_id = "4405079ec0274d49";
    one.node = "kazoo_apps@vm";
    one.instance = "me";
    return one;
}

const std::string tail =
    R"("Node":"kazoo_apps@vm","Msg-ID":"4405079ec0274d49","Event-Name":"lookup_resp",)"
    R"("Event-Category":"call_inspector","App-Version":"4.0.0","App-Name":"call_inspector"})";

TEST(Publish, AnswersALookupAsKazooDoes) {
    Answer one = answer(Answering::lookup);
    one.parts = {{a_chunk("INVITE sip:b@b SIP/2.0")}};
    const Publication answer = publication(one);
    EXPECT_EQ(answer.exchange, "targeted");
    EXPECT_EQ(answer.routing_key, "kzc-queue");
    EXPECT_TRUE(answer.body.starts_with(R"({"Dialog-Entities":["192.0.2.1:5060","192.0.2.2:5060"],)"
                                        R"("Analysis":[{"outcome":"in_progress",)"));
    EXPECT_TRUE(answer.body.ends_with(R"(}],"Chunks":[)" + chunk_line("INVITE sip:b@b SIP/2.0") +
                                      "]," + tail));
}

TEST(Publish, AnswersForAnUnknownCallWithEmptyLists) {
    EXPECT_EQ(publication(answer(Answering::lookup)).body,
              R"({"Dialog-Entities":[],"Analysis":[],"Chunks":[],)" + tail);
}

TEST(Publish, AnswersAFilterAsKazooDoes) {
    Answer one = answer(Answering::filter);
    one.call_ids = {"a@b"};
    EXPECT_EQ(publication(one).body,
              R"({"Call-IDs":["a@b"],"Node":"kazoo_apps@vm","Msg-ID":"4405079ec0274d49",)"
              R"("Event-Name":"filter_resp","Event-Category":"call_inspector",)"
              R"("App-Version":"4.0.0","App-Name":"call_inspector"})");
    one.call_ids.clear();
    EXPECT_TRUE(publication(one).body.starts_with(R"({"Call-IDs":[],)"));
}

TEST(Publish, LeavesOutWhatIsEmpty) {
    Answer one = answer(Answering::filter);
    one.node.clear();
    EXPECT_EQ(publication(one).body.find("Node"), std::string::npos);
}

TEST(Publish, NamesWhoIsMissing) {
    Answer one = answer(Answering::lookup);
    one.missing = {"other@vm"};
    EXPECT_EQ(Json::parse(publication(one).body)["Missing"], Json::array({"other@vm"}));
}

TEST(Publish, TellsWhoIsMissingWhereCrossbarLooks) {
    Answer one = answer(Answering::lookup);
    one.call_id = "a@b";
    one.at = 1'000'000;
    one.missing = {"other@vm", "other@vm", "ca\xe9@vm"};
    const auto alone = Json::parse(publication(one).body)["Chunks"];
    ASSERT_EQ(alone.size(), 2);
    EXPECT_EQ(alone[1]["label"], "inspector other@vm did not answer: its messages are missing");
    EXPECT_EQ(alone[1]["call-id"], "a@b");
    EXPECT_EQ(alone[1]["ref_timestamp"], "62167219201.000000");
    EXPECT_FALSE(alone[1].contains("src"));

    one.parts = {{a_chunk("INVITE sip:b@b SIP/2.0")}};
    const auto body = Json::parse(publication(one).body);
    ASSERT_EQ(body["Chunks"].size(), 3);
    EXPECT_EQ(body["Chunks"][0]["label"], "INVITE sip:b@b SIP/2.0");
    for (const char* end : {"src", "dst"}) {
        EXPECT_EQ(body["Chunks"][2][end], body["Dialog-Entities"][0]);
    }
    EXPECT_TRUE(chunk::read_line(body["Chunks"][2].dump()));
}

TEST(Publish, IsUtf8WhateverTheNodeIsCalled) {
    Answer one = answer(Answering::filter);
    one.node = "caf\xe9";
    EXPECT_TRUE(Json::accept(publication(one).body));
}

TEST(Publish, PutsTheChunksOfAllInOrderOnce) {
    Answer one = answer(Answering::lookup);
    const std::string invite = "INVITE sip:b@b SIP/2.0", trying = "SIP/2.0 100 Trying";
    one.parts = {{a_chunk(trying, "two", "63962450203.000000")},  // a slow clock
                 {a_chunk(invite, "one", "63962450204.066658"),
                  a_chunk(trying, "one", "63962450204.067000")}};
    const auto chunks = Json::parse(publication(one).body)["Chunks"];
    ASSERT_GE(chunks.size(), 2U);
    EXPECT_EQ(chunks[0]["label"], invite);
    EXPECT_EQ(chunks[1]["label"], trying);
}

TEST(Publish, TellsAPeerTheChunksByTheLetter) {
    Answer one = answer(Answering::gather_chunks);
    one.parts = {{a_chunk("INVITE"), a_chunk("INVITE")}};
    const auto body = publication(one).body;
    const auto message = read_message(body);
    ASSERT_TRUE(message) << body;
    EXPECT_EQ(message->event, Event::gather_resp);
    EXPECT_EQ(message->instance, "me");
    ASSERT_EQ(message->chunks.size(), 2U);
    EXPECT_EQ(message->chunks[0].json, chunk_line("INVITE"));
}

order::ClockPrior clock(const std::string& observer, wire::Micros offset) {
    order::ClockPrior prior;
    prior.observer = observer;
    prior.at = *wire::parse_gregorian("63962450204.066658");
    prior.offset = offset;
    prior.spread = 100;
    return prior;
}

TEST(Publish, TellsAPeerOfTheClocksThatStampedItsChunks) {
    Answer one = answer(Answering::gather_chunks);
    one.parts = {{a_chunk("INVITE", "two"), a_chunk("ACK", "two"), a_chunk("ACK", "unknown")}};
    const std::vector priors = {clock("one", 1), clock("two", -3'200'000)};
    const auto message = read_message(publication(one, priors).body);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->chunks.size(), 3U);
    ASSERT_EQ(message->clocks.size(), 1U);
    EXPECT_EQ(message->clocks[0].observer, "two");
    EXPECT_EQ(message->clocks[0].offset, -3'200'000);
    EXPECT_EQ(message->clocks[0].at, priors[1].at);
    EXPECT_EQ(message->clocks[0].spread, 100);
}

/// An INFO that only its sender reported. Both logs are read at the end, b's last.
chunk::Chunk info(const std::string& observer, int tenths, wire::Micros offset) {
    const wire::Micros begin = *wire::parse_gregorian("63962450204");
    const auto at = begin + tenths * wire::Micros{100'000};
    const bool is_a = observer == "a";
    const auto arrival = begin + (is_a ? 2'000'000 : 2'300'000) + tenths * 100;
    const Json object = {{"label", "INFO sip:" + observer + " SIP/2.0"},
                         {"c_seq", std::to_string(tenths + 1) + " INFO"},
                         {"src", is_a ? "192.0.2.1:5060" : "192.0.2.8:5060"},
                         {"dst", is_a ? "192.0.2.2:5060" : "192.0.2.9:5060"},
                         {"parser", observer},
                         {"timestamp", wire::to_gregorian(at + offset)},
                         {"ref_timestamp", wire::to_gregorian(arrival)}};
    return *chunk::read_line(object.dump());
}

TEST(Publish, PutsInOrderByWhatPeersKnowOfTheirClocks) {
    constexpr wire::Micros slow = -7'000'000, fast = 3'000'000;
    Part ours, theirs;
    for (int i = 0; i < 12; i += 2) {
        ours.push_back(info("a", i, fast));
        theirs.push_back(info("b", i + 1, slow));
    }
    const auto order = [&](std::vector<order::ClockPrior> of_peers) {
        Answer one = answer(Answering::lookup);
        one.parts = {ours, theirs};
        one.clocks = std::move(of_peers);
        std::string observers;
        const std::vector own = {clock("a", fast)};
        const auto body = Json::parse(publication(one, own).body);
        for (const auto& chunk : body["Chunks"]) {
            observers += chunk["parser"].get<std::string>();
        }
        return observers;
    };
    EXPECT_NE(order({}), "abababababab") << "the test needs no clocks";
    EXPECT_EQ(order({clock("b", slow)}), "abababababab");
    EXPECT_EQ(order({clock("b", slow), clock("a", slow)}), "abababababab") << "we know ours better";
}

TEST(Publish, TellsAPeerThatThereIsNothing) {
    const auto message = read_message(publication(answer(Answering::gather_chunks)).body);
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->chunks.empty());
}

TEST(Merge, TakesWhatTwoInspectorsShareOnce) {
    const Part one = {a_chunk("a"), a_chunk("b")};
    EXPECT_EQ(merge({one, one, one}).size(), 2U);
    EXPECT_EQ(merge({one, {a_chunk("c")}}).size(), 3U);
}

TEST(Merge, KeepsWhatOneInspectorHasTwice) {
    // A sender with a clock of whole seconds can stamp two messages alike.
    const Part twice = {a_chunk("a", "one", "63962450204"), a_chunk("a", "one", "63962450204")};
    EXPECT_EQ(merge({twice}).size(), 2U);
    EXPECT_EQ(merge({twice, twice}).size(), 2U);
    EXPECT_EQ(merge({{a_chunk("a", "one", "63962450204")}, twice}).size(), 2U);
}

TEST(Merge, KeepsWhatTwoObserversSaw) {
    EXPECT_EQ(merge({{a_chunk("a", "one")}, {a_chunk("a", "two")}}).size(), 2U);
}

}  // namespace
}  // namespace ci::amqp
