#include "amqp/inquiry.h"

#include <gtest/gtest.h>

#include <string>

#include "amqp/message.h"
#include "amqp/publication.h"
#include "amqp/said.h"

namespace ci::amqp {
namespace {

using What = LookUp::What;

std::vector<LookUp> some_look_ups() {
    std::vector<LookUp> all(3);
    all[0].what = What::holders;
    all[0].key = {calls::Evidence::b2bua, calls::Role::arrives, "pbx called 1234567"};
    all[0].from = -5;
    all[1].what = What::keys;
    all[1].call_id = "a@b";
    all[2].call_id = "a@b";
    return all;
}

Inquiry through_the_broker(const Inquiry& inquiry) {
    const auto published = inquiry_req({"inquiry_req", "n@h", "1"}, "i", "q", inquiry);
    EXPECT_EQ(published.key, "call_inspector.inquiry");
    const auto message = read_message(published.body);
    EXPECT_TRUE(message) << published.body;
    return message ? message->inquiry : Inquiry{};
}

Message through_the_broker(Report report, Part chunks = {}) {
    Answer answer;
    answer.to = Answering::report;
    answer.server_id = "q";
    answer.msg_id = "i-1";
    answer.instance = "j";
    answer.report = std::move(report);
    answer.parts = {std::move(chunks)};
    const auto published = publication(std::move(answer));
    const auto message = read_message(published.body);
    EXPECT_TRUE(message) << published.body;
    return message ? *message : Message{};
}

TEST(Inquiry, OfEachTopicIsUnderstoodByPeers) {
    Inquiry search;
    search.expression = "from=\"alice\" since=2d";
    search.most = 10'000;
    EXPECT_EQ(through_the_broker(search).expression, search.expression);
    EXPECT_EQ(through_the_broker(search).most, 10'000U);
    Inquiry messages;
    messages.topic = Topic::messages;
    messages.call_ids = {"a@b", "c\"d"};
    EXPECT_EQ(through_the_broker(messages).topic, Topic::messages);
    EXPECT_EQ(through_the_broker(messages).call_ids, messages.call_ids);
    Inquiry look_ups;
    look_ups.topic = Topic::look_ups;
    look_ups.look_ups = some_look_ups();
    const auto read = through_the_broker(look_ups);
    ASSERT_EQ(read.look_ups.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_FALSE(read.look_ups[i] < look_ups.look_ups[i]) << i;
        EXPECT_FALSE(look_ups.look_ups[i] < read.look_ups[i]) << i;
    }
}

TEST(Report, OnLookUpsIsUnderstoodByWhoAsked) {
    Report report;
    report.topic = Topic::look_ups;
    report.incomplete = "the index is being made";
    report.looked_up.resize(4);
    report.looked_up[0].what = What::holders;
    report.looked_up[0].holders = {{"a@b", 7, 1}, {"c@d", 8, 1'795'941'448'229'437}};
    report.looked_up[1].what = What::keys;
    const calls::Held held{{calls::Evidence::header, calls::Role::names, "x"}, 9, 3};
    report.looked_up[1].keys = {held};
    report.looked_up[2].outline = calls::Outline{true, false, 5, 6, 7};
    const auto read = through_the_broker(report).report;
    EXPECT_EQ(read.incomplete, report.incomplete);
    ASSERT_EQ(read.looked_up.size(), 4U);
    ASSERT_EQ(read.looked_up[0].holders.size(), 2U);
    EXPECT_EQ(read.looked_up[0].holders[1].call_id, "c@d");
    EXPECT_EQ(read.looked_up[0].holders[1].place, 1'795'941'448'229'437U);
    ASSERT_EQ(read.looked_up[1].keys.size(), 1U);
    EXPECT_EQ(read.looked_up[1].keys[0].key, held.key);
    EXPECT_EQ(read.looked_up[1].keys[0].at, 9);
    ASSERT_TRUE(read.looked_up[2].outline);
    EXPECT_TRUE(read.looked_up[2].outline->is_call);
    EXPECT_EQ(read.looked_up[2].outline->final_response, 7);
    EXPECT_FALSE(read.looked_up[3].outline);
}

TEST(Report, OfMessagesHasThemAndOfRowsKeepsThem) {
    Report messages;
    messages.topic = Topic::messages;
    const auto read = through_the_broker(messages, {a_chunk("INVITE")});
    EXPECT_EQ(read.report.topic, Topic::messages);
    ASSERT_EQ(read.chunks.size(), 1U);
    EXPECT_EQ(read.chunks[0].call_id, "a@b");

    const std::string line =
        R"({"call-id":"a@b","start":"63962450204.066658","messages":3,"endpoints":["x"],"new":1.5})";
    Report rows;
    rows.rows = {*read_row(line)};
    const auto found = through_the_broker(rows).report;
    ASSERT_EQ(found.rows.size(), 1U);
    EXPECT_EQ(found.rows[0].json, line) << "members of newer versions are kept";
    EXPECT_EQ(found.rows[0].messages, 3U);
    EXPECT_EQ(wire::to_gregorian(found.rows[0].start), "63962450204.066658");
}

TEST(Inquiry, ThatMakesNoSenseIsRefused) {
    const auto look_up = [](const std::string& one) { return R"({"Look-Ups":[)" + one + "]}"; };
    const std::string long_value(calls::longest_key + 1, 'x');
    for (const std::string& body : {
             std::string("{}"),
             std::string(R"({"Expression":"x"})"),
             std::string(R"({"Expression":"x","Most":10001})"),
             std::string(R"({"Expression":"x","Most":-1})"),
             std::string(R"({"Expression":"","Most":1})"),
             std::string(R"({"Messages-Of":[7]})"),
             std::string(R"({"Messages-Of":"a"})"),
             std::string(R"({"Look-Ups":{}})"),
             look_up("7"),
             look_up("{}"),
             look_up(R"({"keys":""})"),
             look_up(R"({"holders":["header","names","x"]})"),
             look_up(R"({"holders":["header","names"],"from":1,"until":2})"),
             look_up(R"({"holders":["header","named","x"],"from":1,"until":2})"),
             look_up(R"({"holders":["head","names","x"],"from":1,"until":2})"),
             look_up(R"({"holders":["header","names","x"],"from":1.5,"until":2})"),
             look_up(R"({"holders":["header","names","x"],"from":1,"until":9223372036854775808})"),
             look_up(R"({"holders":["header","names",")" + long_value +
                     R"("],"from":1,"until":2})"),
         }) {
        EXPECT_FALSE(read_inquiry(body)) << body;
    }
    std::string many = R"({"Messages-Of":["a")";
    for (std::size_t i = 0; i < max_call_ids; ++i) many += R"(,"a")";
    EXPECT_FALSE(read_inquiry(many + "]}"));
}

TEST(Report, ThatMakesNoSenseIsRefused) {
    const auto found = [](const std::string& one) { return R"({"Looked-Up":[)" + one + "]}"; };
    for (const std::string& body : {
             std::string("{}"),
             std::string(R"({"Rows":{}})"),
             std::string(R"({"Rows":[7]})"),
             std::string(R"({"Looked-Up":7})"),
             found("{}"),
             found(R"({"other":[]})"),
             found(R"({"holders":[],"keys":[]})"),
             found(R"({"holders":[["a",1]]})"),
             found(R"({"holders":[["a",9007199254740993,1]]})"),
             found(R"({"holders":[["a",1,9007199254740993]]})"),
             found(R"({"holders":[["a",1,-1]]})"),
             found(R"({"keys":[["header","names","x",1]]})"),
             found(R"({"outline":[true,true,1,2]})"),
             found(R"({"outline":[1,true,1,2,3]})"),
         }) {
        EXPECT_FALSE(read_report(body)) << body;
    }
}

TEST(FoundRow, IsFlat) {
    EXPECT_FALSE(read_row("[]"));
    EXPECT_FALSE(read_row(R"({"call-id":"a","start":"1","messages":1,"x":{}})"));
    EXPECT_FALSE(read_row(R"({"call-id":"a","start":"1","messages":1,"x":[[]]})"));
    EXPECT_FALSE(read_row(R"({"call-id":"a","start":"soon","messages":1})"));
    EXPECT_FALSE(read_row(R"({"call-id":"a","start":"1","messages":-1})"));
    EXPECT_FALSE(read_row(R"({"start":"1","messages":1})"));
    EXPECT_TRUE(read_row(R"({"call-id":"a","start":"63962450204","messages":1,"x":[1]})"));
}

TEST(Report, FitsOnlyTheInquiryThatItAnswers) {
    Inquiry inquiry;
    inquiry.topic = Topic::look_ups;
    inquiry.look_ups = some_look_ups();
    Report report;
    report.topic = Topic::look_ups;
    for (const auto& one : inquiry.look_ups) report.looked_up.emplace_back().what = one.what;
    EXPECT_TRUE(fits(report, inquiry));
    Report other = report;
    other.looked_up[0].what = What::keys;
    EXPECT_FALSE(fits(other, inquiry));
    other = report;
    other.looked_up.pop_back();
    EXPECT_FALSE(fits(other, inquiry));
    Inquiry search;
    search.most = 1;
    Report rows;
    rows.rows.resize(1);
    EXPECT_TRUE(fits(rows, search));
    rows.rows.resize(2);
    EXPECT_FALSE(fits(rows, search)) << "more than were asked for";
    EXPECT_FALSE(fits(report, search));
}

}  // namespace
}  // namespace ci::amqp
