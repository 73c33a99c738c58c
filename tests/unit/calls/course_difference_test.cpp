// What hosts made of messages, and where the courses of two calls begin to differ.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "calls/course/course.h"
#include "calls/differences/flow_difference.h"
#include "calls/differences/passed_on.h"
#include "order/order.h"

namespace ci::calls {
namespace {

/// A message on its hop: `2>3` is from 10.0.0.2 to 10.0.0.3; branches of its Vias, topmost first.
struct OnHop {
    std::string is, hop;
    std::vector<std::string> branches;
    std::string of = "INVITE";
};

chunk::Chunk chunk_on_hop(const OnHop& sent, std::size_t place) {
    chunk::Chunk chunk;
    chunk.call_id = "call";
    chunk.observer = chunk.parser = "a";
    chunk.timestamp = 1'795'225'910'000'000 + static_cast<wire::Micros>(place) * 500'000;
    chunk.ref_timestamp = chunk.timestamp;
    chunk.src = "10.0.0." + sent.hop.substr(0, sent.hop.find('>')) + ":5060";
    chunk.dst = "10.0.0." + sent.hop.substr(sent.hop.find('>') + 1) + ":5060";
    const bool is_response = sent.is.find_first_not_of("0123456789") == std::string::npos;
    const std::string method = is_response ? sent.of : sent.is;
    chunk.label = is_response ? "SIP/2.0 " + sent.is + " Reason" : method + " sip:b@x SIP/2.0";
    chunk.c_seq = "1 " + method;
    chunk.message = chunk.label + "\r\n";
    for (const std::string& branch : sent.branches) {
        chunk.message += "Via: SIP/2.0/UDP x;branch=z9hG4bK" + branch + "\r\n";
    }
    chunk.message += "From: <sip:a@x>;tag=f\r\nTo: <sip:b@x>" +
                     std::string(is_response ? ";tag=t" : "") +
                     "\r\nCall-ID: call\r\nCSeq: " + chunk.c_seq + "\r\n\r\n";
    return chunk;
}

struct Scenery {
    explicit Scenery(const std::vector<OnHop>& messages, const Rules& rules = {}) {
        for (const OnHop& one : messages) chunks.push_back(chunk_on_hop(one, chunks.size()));
        flow = order::order(chunks);
        course = course_of(chunks, flow, {}, rules);
    }
    Scenery(const Scenery&) = delete;
    Scenery& operator=(const Scenery&) = delete;

    std::vector<chunk::Chunk> chunks;
    order::Flow flow;
    Course course;
};

using Places = std::vector<std::size_t>;

TEST(PassedOn, ARequestGoesToTheNextHopAndAResponseBack) {
    const Scenery call({{"INVITE", "1>2", {"a"}},
                        {"100", "2>1", {"a"}},
                        {"INVITE", "2>3", {"b", "a"}},
                        {"180", "3>2", {"b", "a"}},
                        {"180", "2>1", {"a"}},
                        {"200", "3>2", {"b", "a"}},
                        {"200", "2>1", {"a"}},
                        {"ACK", "1>2", {"c"}},
                        {"ACK", "2>3", {"d", "c"}}});
    EXPECT_EQ(passed_on(call.course, 0), Places{2});
    EXPECT_EQ(passed_on(call.course, 1), Places{});  // a 100 is of one hop (RFC 3261 16.7)
    EXPECT_EQ(passed_on(call.course, 2), Places{});
    EXPECT_EQ(passed_on(call.course, 3), Places{4});
    EXPECT_EQ(passed_on(call.course, 5), Places{6});
    EXPECT_EQ(passed_on(call.course, 7), Places{8});
}

TEST(PassedOn, AForkGoesToEachBranch) {
    const Scenery call({{"INVITE", "1>2", {"a"}},
                        {"INVITE", "2>3", {"b", "a"}},
                        {"INVITE", "2>4", {"c", "a"}},
                        {"486", "3>2", {"b", "a"}},
                        {"ACK", "2>3", {"b", "a"}},
                        {"486", "4>2", {"c", "a"}},
                        {"ACK", "2>4", {"c", "a"}},
                        {"486", "2>1", {"a"}},
                        {"ACK", "1>2", {"a"}}});
    EXPECT_EQ(passed_on(call.course, 0), (Places{1, 2}));
    // The ACK of a refusal ends at its hop, whatever ACKs the proxy itself sent.
    EXPECT_EQ(passed_on(call.course, 8), Places{});
}

TEST(PassedOn, ACancelIsFoundByWhatItCancels) {
    const Scenery call({{"INVITE", "1>2", {"a"}},
                        {"INVITE", "2>3", {"b", "a"}},
                        {"CANCEL", "1>2", {"a"}},
                        {"CANCEL", "2>3", {"b"}}});
    EXPECT_EQ(passed_on(call.course, 2), Places{3});
}

TEST(PassedOn, ARetransmissionIsPassedOnAsTheOneOfItsNumber) {
    const Scenery call({{"INVITE", "1>2", {"a"}},
                        {"INVITE", "2>3", {"b", "a"}},
                        {"INVITE", "1>2", {"a"}},
                        {"INVITE", "2>3", {"b", "a"}},
                        {"INVITE", "1>2", {"a"}}});
    EXPECT_EQ(passed_on(call.course, 0), Places{1});
    EXPECT_EQ(passed_on(call.course, 2), Places{3});
    EXPECT_EQ(passed_on(call.course, 4), Places{1});  // nothing came of this one itself
}

const std::vector<OnHop> answered_call = {{"INVITE", "1>2", {"a"}},      {"100", "2>1", {"a"}},
                                          {"INVITE", "2>3", {"b", "a"}}, {"180", "3>2", {"b", "a"}},
                                          {"180", "2>1", {"a"}},         {"200", "3>2", {"b", "a"}},
                                          {"200", "2>1", {"a"}}};

TEST(FlowDifference, ThereIsNoneWhereHostsSentTheSameInAnotherOrder) {
    const Scenery one(answered_call);
    std::vector<OnHop> later = answered_call;
    std::swap(later[1], later[2]);
    const Scenery other(later);
    const FlowDifference difference = flow_difference(one.course, other.course);
    EXPECT_TRUE(difference.is_alike());
    EXPECT_EQ(difference.alike, answered_call.size());
    EXPECT_TRUE(difference.other_hosts.empty());
}

TEST(FlowDifference, RetransmissionsAreNone) {
    const Scenery one(answered_call);
    std::vector<OnHop> repeated = answered_call;
    repeated.insert(repeated.begin() + 1, repeated.front());
    const Scenery other(repeated);
    EXPECT_TRUE(flow_difference(one.course, other.course).is_alike());
}

TEST(FlowDifference, IsTheFirstMessageOfEachThatTheOtherHasNot) {
    const Scenery one({{"INVITE", "1>2", {"a"}}, {"100", "2>1", {"a"}}, {"404", "2>1", {"a"}}});
    const Scenery other(answered_call);
    const FlowDifference difference = flow_difference(one.course, other.course);
    EXPECT_EQ(difference.alike, 2u);
    EXPECT_EQ(difference.one, 2u);    // the 404
    EXPECT_EQ(difference.other, 2u);  // the INVITE to the next host
}

TEST(FlowDifference, HostsThatAreOthersPlayTheirPartByTheirPlaceOnTheWay) {
    const Scenery one(answered_call);
    std::vector<OnHop> over_another = answered_call;
    for (OnHop& sent : over_another) {
        for (char& c : sent.hop) c = c == '2' ? '7' : c;
    }
    const Scenery other(over_another);
    const FlowDifference difference = flow_difference(one.course, other.course);
    EXPECT_TRUE(difference.is_alike());
    ASSERT_EQ(difference.other_hosts.size(), 1u);
    EXPECT_EQ(one.course.name(difference.other_hosts[0].first), "10.0.0.2");
    EXPECT_EQ(other.course.name(difference.other_hosts[0].second), "10.0.0.7");
}

/// "1: 7" means that 7 plays the part of 1 in the other call.
std::string pairs_of(const Scenery& one, const Scenery& other) {
    std::string pairs;
    const auto last = [](std::string_view name) { return std::string(name.substr(7)); };
    for (const auto& [of_one, of_other] : flow_difference(one.course, other.course).other_hosts) {
        pairs += last(one.course.name(of_one)) + ": " + last(other.course.name(of_other)) + "; ";
    }
    return pairs;
}

TEST(FlowDifference, AHostMoreOnTheWayDoesNotTakeThePartOfThePhone) {
    const Scenery one({{"INVITE", "1>2", {"a"}},
                       {"INVITE", "2>3", {"b", "a"}},
                       {"INVITE", "3>4", {"c", "b", "a"}}});
    const Scenery other({{"INVITE", "7>3", {"a"}}, {"INVITE", "3>8", {"b", "a"}}});
    EXPECT_EQ(pairs_of(one, other), "1: 7; 4: 8; ");
}

TEST(FlowDifference, WhoAnsweredTakesThePartOfWhoAnswered) {
    const Scenery one({{"INVITE", "1>2", {"a"}},
                       {"INVITE", "2>3", {"b", "a"}},
                       {"200", "3>2", {"b", "a"}},
                       {"200", "2>1", {"a"}}});
    const Scenery other({{"INVITE", "1>2", {"a"}},
                         {"INVITE", "2>5", {"b", "a"}},
                         {"503", "5>2", {"b", "a"}},
                         {"INVITE", "2>6", {"c", "a"}},
                         {"200", "6>2", {"c", "a"}},
                         {"200", "2>1", {"a"}}});
    EXPECT_EQ(pairs_of(one, other), "3: 6; ");
}

TEST(FlowDifference, AHostThatBothHavePlaysItsOwnPart) {
    // In the other call nobody sits between 1 and 3.
    const Scenery one(answered_call);
    const Scenery other({{"INVITE", "1>3", {"a"}}, {"200", "3>1", {"a"}}});
    const FlowDifference difference = flow_difference(one.course, other.course);
    EXPECT_FALSE(difference.is_alike());
    EXPECT_EQ(difference.alike, 0u);
    EXPECT_TRUE(difference.other_hosts.empty());
}

}  // namespace
}  // namespace ci::calls
