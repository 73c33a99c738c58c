// Which calls and which side of them somebody may see.
#include "calls/scope.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "calls/course/course.h"
#include "calls/course/side.h"
#include "calls/messages.h"
#include "order/order.h"

namespace ci::calls {
namespace {

Scope numbers(std::vector<std::string> all) {
    Scope scope;
    scope.numbers = std::move(all);
    return scope;
}
Scope domains(std::vector<std::string> all) {
    Scope scope;
    scope.domains = std::move(all);
    return scope;
}
Scope networks(std::initializer_list<const char*> all) {
    Scope scope;
    for (const char* const one : all) scope.networks.push_back(*wire::parse_network(one));
    return scope;
}

/// A message on its hop: `1>2` is from 10.0.0.1 to 10.0.0.2.
struct OnHop {
    std::string is, hop;
    std::vector<std::string> branches;
    std::string from = "+493012345@a.example", to = "bob@b.example", leg = "a", tag = "f";
};

chunk::Chunk chunk_of(const OnHop& sent, std::size_t place) {
    chunk::Chunk chunk;
    chunk.call_id = sent.leg;
    chunk.observer = chunk.parser = "a";
    chunk.timestamp = test::start_of_cases + static_cast<wire::Micros>(place) * 500'000;
    chunk.ref_timestamp = chunk.timestamp;
    chunk.src = test::end_of_hop(sent.hop.substr(0, sent.hop.find('>')));
    chunk.dst = test::end_of_hop(sent.hop.substr(sent.hop.find('>') + 1));
    const bool is_response = sent.is.find_first_not_of("0123456789") == std::string::npos;
    chunk.label = is_response ? "SIP/2.0 " + sent.is + " R"
                              : sent.is + " sip:" + sent.to.substr(0, sent.to.find('@')) +
                                    "@10.0.0.9 SIP/2.0";
    chunk.c_seq = "1 INVITE";
    chunk.message = chunk.label + "\r\n";
    for (const std::string& branch : sent.branches) {
        chunk.message += "Via: SIP/2.0/UDP x;branch=z9hG4bK" + branch + "\r\n";
    }
    chunk.message += "From: <sip:" + sent.from + ">;tag=" + sent.tag + "\r\nTo: <sip:" + sent.to +
                     ">" + (is_response ? ";tag=t" : "") + "\r\nCall-ID: " + sent.leg +
                     "\r\nUser-Agent: phone\r\nP-Asserted-Identity: <sip:777@x>\r\nCSeq: 1 "
                     "INVITE\r\n\r\n";
    return chunk;
}

struct Call {
    explicit Call(const std::vector<OnHop>& messages) {
        for (const OnHop& one : messages) {
            chunks.push_back(chunk_of(one, chunks.size()));
            const auto leg = std::find(legs.begin(), legs.end(), one.leg);
            leg_of.push_back(static_cast<std::size_t>(leg - legs.begin()));
            if (leg == legs.end()) legs.push_back(one.leg);
        }
        flow = order::order(chunks);
        course = course_of(chunks, flow, leg_of, {});
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// A digit for each message, in their order.
    [[nodiscard]] std::string seen(const Scope& scope) const {
        std::string text;
        for (const bool one : seen_from(course, scope)) text += one ? '1' : '0';
        return text;
    }

    std::vector<chunk::Chunk> chunks;
    std::vector<std::size_t> leg_of;
    std::vector<std::string> legs;
    order::Flow flow;
    Course course;
};

Row row() {
    Row one("a");
    one.take(chunk_of({"INVITE", "1>2", {"a"}}, 0));
    return one;
}

TEST(Scope, HasNumbersWholeOrByTheirBegin) {
    EXPECT_TRUE(is_in(numbers({"493012345"}), row()));
    EXPECT_TRUE(is_in(numbers({"4930*"}), row()));
    EXPECT_TRUE(is_in(numbers({"BOB"}), row()));
    EXPECT_TRUE(is_in(numbers({"777"}), row())) << "who was asserted";
    for (const char* const none : {"12345", "49301234", "bo", "30*", "4930123456*"}) {
        EXPECT_FALSE(is_in(numbers({none}), row())) << none;
    }
}

TEST(Scope, HasDomainsAndNetworks) {
    EXPECT_TRUE(is_in(domains({"b.example"}), row()) && is_in(domains({".example"}), row()));
    EXPECT_FALSE(is_in(domains({"example"}), row()) || is_in(domains({".b.example"}), row()));
    EXPECT_TRUE(is_in(networks({"10.0.0.2/32"}), row()));
    EXPECT_FALSE(is_in(networks({"10.0.0.3/32"}), row()) || is_in({}, row()));
    EXPECT_TRUE(is_in({true, {}, {}, {}}, Row("empty")));
}

TEST(Scope, ARowLosesWhatTheOtherSideAloneKnows) {
    Row narrowed = row();
    narrow(narrowed, {networks({"10.0.0.1/32"}), false});
    ASSERT_EQ(narrowed.endpoints().size(), 1U);
    EXPECT_EQ(wire::to_string(narrowed.endpoints()[0]), "10.0.0.1:5060");
    EXPECT_TRUE(narrowed.user_agents().empty() && narrowed.asserted_user().empty());
    EXPECT_EQ(narrowed.request_uri().host, "");
    EXPECT_EQ(narrowed.to(), row().to());
    Row caller = row();
    narrow(caller, {numbers({"493012345"}), false});
    EXPECT_EQ(caller.asserted_user(), "777");
    Row whole = row();
    narrow(whole, {networks({"10.0.0.1/32"}), true});
    EXPECT_EQ(whole, row());
}

TEST(Scope, WhatItHidesIsNotSearchedBy) {
    const auto expression =
        *parse_expression("from=a user=b ip=10.0.0.1 port=1 ua=x status=486 word", {});
    EXPECT_EQ(to_text(without_far_side(expression)), "from=a status=486");
}

const std::vector<OnHop> proxied{{"INVITE", "1>2", {"a"}},      {"INVITE", "2>3", {"b", "a"}},
                                 {"180", "3>2", {"b", "a"}},    {"180", "2>1", {"a"}},
                                 {"200", "3>2", {"b", "a"}},    {"200", "2>1", {"a"}},
                                 {"INVITE", "2>4", {"c", "a"}}, {"486", "4>2", {"c", "a"}}};

TEST(Side, OfAProxysCallIsTheFirstHopOrTheLastOnes) {
    const Call call(proxied);
    EXPECT_EQ(call.seen(numbers({"493012345"})), "10010100");
    EXPECT_EQ(call.seen(domains({"a.example"})), "10010100");
    EXPECT_EQ(call.seen(domains({"b.example"})), "01101011");
    EXPECT_EQ(call.seen(numbers({"493012345", "bob"})), "11111111");
    EXPECT_EQ(call.seen(networks({"10.0.0.4/32"})), "00000011");
    EXPECT_EQ(call.seen(networks({"10.0.0.2/32"})), "11111111") << "the proxy itself";
    EXPECT_EQ(call.seen(numbers({"1"})), "00000000");
}

TEST(Side, OfAHostThatAnswersFirstAndCallsThenIsNobodys) {
    // Alice calls a queue, which calls Bob in her name.
    const Call call({{"INVITE", "1>2", {"a"}, "alice@a", "queue@a", "a"},
                     {"200", "2>1", {"a"}, "alice@a", "queue@a", "a"},
                     {"INVITE", "2>3", {"b"}, "alice@a", "bob@b", "b"},
                     {"200", "3>2", {"b"}, "alice@a", "bob@b", "b"}});
    EXPECT_EQ(call.seen(numbers({"alice"})), "1100");
    EXPECT_EQ(call.seen(numbers({"bob"})), "0011");
    EXPECT_EQ(call.seen(numbers({"alice", "bob"})), "1111");
}

TEST(Side, OfOneWhoIsCalledAndCallsIsBoth) {
    // Bob is called, and calls Carol later.
    const Call call({{"INVITE", "1>3", {"a"}, "alice@a", "bob@b", "a"},
                     {"200", "3>1", {"a"}, "alice@a", "bob@b", "a"},
                     {"INVITE", "3>4", {"b"}, "bob@b", "carol@c", "b"},
                     {"200", "4>3", {"b"}, "bob@b", "carol@c", "b"}});
    EXPECT_EQ(call.seen(numbers({"bob"})), "1111");
    EXPECT_EQ(call.seen(numbers({"alice"})), "1100");
    EXPECT_EQ(call.seen(numbers({"carol"})), "0011");
}

TEST(Side, WhoSendsWithAnothersCallIdSeesNothingOfThatCall) {
    // Eve has seen the Call-ID, in an X-CID say; her request has fewer Vias than the first one.
    for (const char* const tag : {"e", ""}) {
        const Call call({{"INVITE", "1>2", {"a", "x"}},
                         {"INVITE", "2>3", {"b", "a", "x"}},
                         {"200", "3>2", {"b", "a", "x"}},
                         {"200", "2>1", {"a", "x"}},
                         {"INVITE", "5>2", {"e"}, "eve@e", "eve@e", "a", tag},
                         {"404", "2>5", {"e"}, "eve@e", "eve@e", "a", tag}});
        EXPECT_EQ(call.seen(numbers({"eve"})), "000011") << tag;
        EXPECT_EQ(call.seen(domains({"a.example"})), "100100") << tag;
    }
}

TEST(Side, WhatIsNoSipIsNobodys) {
    Call call({{"INVITE", "1>2", {"a"}}, {"200", "2>1", {"a"}}});
    call.chunks[1].event = "channel";
    EXPECT_EQ(call.seen(networks({"10.0.0.0/8"})), "10");
}

}  // namespace
}  // namespace ci::calls
