// A responder that asks its peers for a command, or is asked by one.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "amqp/responder.h"
#include "amqp/said.h"

namespace ci::amqp {
namespace {

constexpr wire::Micros a_second = 1'000'000;

class InquireTest : public testing::Test {
  protected:
    void bind() { (void)responder_.bound("my-queue", "me@vm", now_); }
    Actions take(const Json& body) {
        const auto message = read_message(body.dump());
        EXPECT_TRUE(message) << body;
        return message ? responder_.take(*message, now_) : Actions{};
    }
    void meet(const std::string& instance) {
        Json body = said("present", {{"Instance", instance}, {"Server-ID", "q-" + instance}});
        body["Node"] = instance + "@vm";
        (void)take(body);
    }
    Actions inquire(Topic topic, const std::vector<std::string>& without = {}) {
        Inquiry inquiry;
        inquiry.topic = topic;
        if (topic == Topic::search) {
            inquiry.expression = "x";
            inquiry.most = 1;
        } else {
            inquiry.call_ids = {"a@b"};
        }
        Actions actions;
        ticket_ = responder_.inquire(inquiry, without, now_, actions);
        return actions;
    }
    Actions report(const std::string& instance, Json members) {
        Json body = said("inquiry_resp", std::move(members));
        body["Instance"] = instance;
        body["Msg-ID"] = "me-" + std::to_string(ticket_);
        return take(body);
    }
    const Gathered& only(const Actions& actions) {
        EXPECT_EQ(actions.gathered.size(), 1U);
        static const Gathered none;
        if (actions.gathered.size() != 1) return none;
        EXPECT_EQ(actions.gathered[0].first, ticket_);
        return actions.gathered[0].second;
    }

    Responder responder_{"me"};
    wire::Micros now_ = 1'000 * a_second;
    Ticket ticket_ = 0;
    const Json no_rows_ = {{"Rows", Json::array()}};
    const Json a_row_ = {{"call-id", "a"}, {"start", "63962450204"}, {"messages", 1}};
};

TEST_F(InquireTest, GathersReportsOfAllPeers) {
    bind();
    meet("p1");
    meet("p2");
    const auto asked = inquire(Topic::search);
    ASSERT_EQ(asked.publications.size(), 1U);
    EXPECT_EQ(asked.publications[0].key, "call_inspector.inquiry");
    EXPECT_TRUE(asked.gathered.empty());
    EXPECT_TRUE(report("p1", {{"Rows", {a_row_}}}).gathered.empty());
    const auto done = report("p2", no_rows_);
    const Gathered& gathered = only(done);
    ASSERT_EQ(gathered.reports.size(), 2U);
    EXPECT_EQ(gathered.reports[0].name, "p1@vm");
    EXPECT_EQ(gathered.reports[0].instance, "p1");
    EXPECT_EQ(gathered.reports[0].report.rows.size(), 1U);
    EXPECT_EQ(gathered.own_name, "me@vm");
    EXPECT_TRUE(gathered.missing.empty());
    EXPECT_EQ(responder_.counts().gathered, 1U);
    EXPECT_EQ(responder_.under_way(), 0U);
}

TEST_F(InquireTest, NamesWhoDidNotReportInTime) {
    bind();
    meet("p1");
    meet("p2");
    (void)inquire(Topic::search);
    (void)report("p2", no_rows_);
    now_ += a_second / 2;
    const auto done = responder_.tick(now_);
    EXPECT_EQ(only(done).missing, std::vector<std::string>{"p1@vm"});
    EXPECT_EQ(only(done).silent, std::vector<std::string>{"p1"});
    EXPECT_EQ(responder_.counts().timed_out, 1U);
    (void)report("p1", no_rows_);
    EXPECT_EQ(responder_.counts().late, 1U);
}

TEST_F(InquireTest, DoesNotWaitForThoseItLeavesOut) {
    bind();
    meet("p1");
    meet("p2");
    (void)inquire(Topic::search, {"p1"});
    const auto done = report("p2", no_rows_);
    EXPECT_EQ(only(done).reports.size(), 1U);
    EXPECT_TRUE(inquire(Topic::search, {"p1", "p2"}).publications.empty());
}

TEST_F(InquireTest, IsDoneAtOnceWhereNobodyCanBeAsked) {
    const auto unbound = inquire(Topic::search);
    EXPECT_EQ(only(unbound).alone, "there is no connection to the broker");
    bind();
    const auto alone = inquire(Topic::search);
    EXPECT_TRUE(only(alone).alone.empty());
    EXPECT_TRUE(alone.publications.empty());
    Limits limits;
    limits.gatherings = 0;
    Responder busy("me", limits);
    (void)busy.bound("q", "me@vm", now_);
    (void)busy.take(*read_message(said("present", {{"Instance", "p"}, {"Server-ID", "q"}}).dump()),
                    now_);
    Actions actions;
    ticket_ = busy.inquire({}, {}, now_, actions);
    EXPECT_EQ(only(actions).alone, "too many questions are under way");
}

TEST_F(InquireTest, CountsReportsThatDoNotFitAndWaitsOn) {
    bind();
    meet("p1");
    (void)inquire(Topic::search);
    (void)report("p1", {{"Rows", {a_row_, a_row_}}});  // one was asked for
    (void)report("p1", {{"Chunks", Json::array()}});
    Json other = said("gather_resp", {{"Instance", "p1"}, {"Call-IDs", {"a"}}});
    other["Msg-ID"] = "me-" + std::to_string(ticket_);
    EXPECT_TRUE(take(other).gathered.empty());
    EXPECT_EQ(responder_.counts().unfit, 3U);
    const auto done = report("p1", no_rows_);
    EXPECT_EQ(only(done).reports.size(), 1U);
}

TEST_F(InquireTest, DoesNotTakeAReportForTheAnswerToALookup) {
    bind();
    meet("p1");
    const auto asked = take(lookup());
    Json body = said("inquiry_resp", {{"Instance", "p1"}, {"Chunks", Json::array()}});
    body["Msg-ID"] = Json::parse(asked.publications.at(0).body)["Msg-ID"];
    (void)take(body);
    EXPECT_EQ(responder_.counts().unfit, 1U);
    EXPECT_EQ(responder_.under_way(), 1U);
}

TEST_F(InquireTest, TakesMessagesOfNoOtherCalls) {
    bind();
    meet("p1");
    (void)inquire(Topic::messages);
    Json foreign = Json::parse(chunk_line("INVITE"));
    foreign["call-id"] = "foreign@x";
    const auto done =
        report("p1", {{"Chunks", {Json::parse(chunk_line("INVITE")), std::move(foreign)}}});
    ASSERT_EQ(only(done).reports.size(), 1U);
    ASSERT_EQ(only(done).reports[0].chunks.size(), 1U);
    EXPECT_EQ(only(done).reports[0].chunks[0].call_id, "a@b");
}

TEST_F(InquireTest, NamesWhoseReportHasNoRoom) {
    Responder small("me", {}, [](std::size_t) { return std::shared_ptr<const void>(); });
    (void)small.bound("q", "me@vm", now_);
    (void)small.take(*read_message(said("present", {{"Instance", "p"}, {"Server-ID", "q"}}).dump()),
                     now_);
    Inquiry inquiry;
    inquiry.most = 1;
    Actions actions;
    const auto ticket = small.inquire(inquiry, {}, now_, actions);
    Json body = said("inquiry_resp", {{"Instance", "p"}, {"Rows", {a_row_}}});
    body["Msg-ID"] = "me-" + std::to_string(ticket);
    const auto done = small.take(*read_message(body.dump()), now_);
    ASSERT_EQ(done.gathered.size(), 1U);
    EXPECT_EQ(done.gathered[0].second.missing.size(), 1U);
    EXPECT_EQ(small.counts().no_room, 1U);
}

TEST_F(InquireTest, ReportsToAPeerFromItsOwnStoreAlone) {
    bind();
    meet("p1");
    const auto asked =
        take(said("inquiry_req",
                  {{"Instance", "p1"}, {"Server-ID", "q-p1"}, {"Expression", "x"}, {"Most", 5}}));
    EXPECT_TRUE(asked.publications.empty());
    ASSERT_EQ(asked.questions.size(), 1U);
    EXPECT_TRUE(asked.questions[0].is_inquiry);
    EXPECT_EQ(asked.questions[0].inquiry.expression, "x");
    Found found;
    found.report.incomplete = "the index is being made";
    const auto done = responder_.found(asked.questions[0].ticket, found, now_);
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].to, Answering::report);
    EXPECT_EQ(done.answers[0].server_id, "q-p1");
    EXPECT_EQ(done.answers[0].report.incomplete, "the index is being made");
    EXPECT_EQ(responder_.counts().helped, 1U);
}

}  // namespace
}  // namespace ci::amqp
