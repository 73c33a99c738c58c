#include "amqp/message.h"

#include <gtest/gtest.h>

#include "amqp/said.h"
#include "support/deflated.h"

namespace ci::amqp {
namespace {

TEST(ReadMessage, UnderstandsALookup) {
    // Captured from crossbar.
    const auto message = read_message(
        R"({"Call-ID":"a@b","Server-ID":"kzc@localhost-kz_amqp_worker-<0.228.0>-ee580710",)"
        R"("Node":"kzc@localhost","System-Log-ID":"a@b","Msg-ID":"4405079ec0274d49",)"
        R"("Event-Name":"lookup_req","Event-Category":"call_inspector","App-Version":"4.0.0",)"
        R"("App-Name":"crossbar"})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->event, Event::lookup_req);
    EXPECT_EQ(message->call_ids, std::vector<std::string>{"a@b"});
    EXPECT_EQ(message->server_id, "kzc@localhost-kz_amqp_worker-<0.228.0>-ee580710");
    EXPECT_EQ(message->msg_id, "4405079ec0274d49");
    EXPECT_EQ(message->node, "kzc@localhost");
}

TEST(ReadMessage, UnderstandsAFilter) {
    const auto message =
        read_message(said("filter_req", {{"Call-IDs", {"a@b", "zz"}}, {"Server-ID", "q"}}).dump());
    ASSERT_TRUE(message);
    EXPECT_EQ(message->event, Event::filter_req);
    EXPECT_EQ(message->call_ids, (std::vector<std::string>{"a@b", "zz"}));
}

TEST(ReadMessage, UnderstandsPeers) {
    const auto present = read_message(
        said("present", {{"Instance", "i"}, {"Server-ID", "q"}, {"Leaving", true}}).dump());
    ASSERT_TRUE(present);
    EXPECT_EQ(present->event, Event::present);
    EXPECT_EQ(present->instance, "i");
    EXPECT_TRUE(present->leaving);
    const auto asked = read_message(
        said("gather_req", {{"Instance", "i"}, {"Server-ID", "q"}, {"Call-ID", "a@b"}}).dump());
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->event, Event::gather_req);
    EXPECT_TRUE(asked->of_one_call);
}

TEST(ReadMessage, TakesChunksByTheLetter) {
    std::string body = said("gather_resp", {{"Instance", "i"}, {"Chunks", 0}}).dump();
    body.replace(body.find("\"Chunks\":0"), 10, "\"Chunks\" : [" + chunk_line("INVITE") + "]");
    const auto message = read_message(body);
    ASSERT_TRUE(message);
    ASSERT_EQ(message->chunks.size(), 1U);
    EXPECT_EQ(message->chunks[0].json, chunk_line("INVITE"));  // microseconds kept
    EXPECT_EQ(message->chunks[0].timestamp, wire::parse_gregorian("63962450204.066658"));
}

TEST(ReadMessage, ReadsGzip) {
    const auto whole = test::deflated(lookup().dump(), 31);
    const auto message = read_message(whole);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->call_ids, std::vector<std::string>{"a@b"});
    EXPECT_EQ(read_message(whole.substr(0, whole.size() - 1)).error(), Malformed::not_json);
    const auto bomb = test::deflated(lookup().dump() + std::string(max_body, ' '), 31);
    EXPECT_EQ(read_message(bomb).error(), Malformed::not_json);
}

TEST(ReadMessage, TakesNoMoreClocksThanAnInspectorLearns) {
    Json body = said("gather_resp", {{"Instance", "i"}, {"Chunks", Json::array()}});
    const Json clock = {{"observer", "o"}, {"at", 63962450204}, {"offset", 1}, {"spread", 1}};
    body["Clocks"] = {clock, "nonsense", {{"observer", "p"}}, clock};
    EXPECT_EQ(read_message(body.dump())->clocks.size(), 2U);
    body["Clocks"] = Json(std::vector<Json>(5'000, clock));
    EXPECT_EQ(read_message(body.dump())->clocks.size(), 1'024U);
    body["Clocks"] = 7;
    EXPECT_TRUE(read_message(body.dump())->clocks.empty());
}

TEST(ReadMessage, LeavesOtherEventsToOthers) {
    for (const char* name : {"lookup_resp", "filter_resp", "something_new"}) {
        const auto message = read_message(said(name, Json::object()).dump());
        ASSERT_TRUE(message) << name;
        EXPECT_EQ(message->event, Event::other) << name;
    }
}

struct Bad {
    std::string body;
    Malformed why;
};

std::string without(Json body, const char* member) {
    body.erase(member);
    return body.dump();
}
std::string with(Json body, const char* member, const Json& value) {
    body[member] = value;
    return body.dump();
}
Json filter() {
    return said("filter_req", {{"Call-IDs", {"a@b"}}, {"Server-ID", "q"}});
}
Json gathered() {
    return said("gather_resp", {{"Instance", "i"}, {"Chunks", Json::array()}});
}

const Bad bad[] = {
    {"", Malformed::not_json},
    {"[]", Malformed::not_json},
    {"null", Malformed::not_json},
    {lookup().dump() + "x", Malformed::not_json},
    {lookup().dump() + std::string("\0{", 2), Malformed::not_json},
    {"{\"Call-ID\":\"\xff\"}", Malformed::not_json},
    {std::string(max_body + 1, ' '), Malformed::too_large},
    {std::string(100'000, '['), Malformed::not_json},
    {without(lookup(), "Event-Category"), Malformed::no_category},
    {with(lookup(), "Event-Category", "call_event"), Malformed::no_category},
    {without(lookup(), "Event-Name"), Malformed::no_event_name},
    {with(lookup(), "Event-Name", 1), Malformed::no_event_name},
    {without(lookup(), "App-Name"), Malformed::no_app},
    {with(lookup(), "App-Version", ""), Malformed::no_app},
    {without(lookup(), "Msg-ID"), Malformed::no_msg_id},
    {without(lookup(), "Server-ID"), Malformed::no_server_id},
    {with(lookup(), "Server-ID", "pid://x"), Malformed::bad_server_id},
    {with(lookup(), "Server-ID", std::string(256, 'q')), Malformed::bad_server_id},
    {without(lookup(), "Call-ID"), Malformed::no_call_id},
    {with(lookup(), "Call-ID", ""), Malformed::no_call_id},
    {with(lookup(), "Call-ID", Json::array({"a"})), Malformed::no_call_id},
    {without(filter(), "Call-IDs"), Malformed::no_call_ids},
    {with(filter(), "Call-IDs", "a@b"), Malformed::no_call_ids},
    {with(filter(), "Call-IDs", {"a@b", 1}), Malformed::no_call_ids},
    {with(filter(), "Call-IDs", Json(std::vector<std::string>(1'001, "a"))),
     Malformed::too_many_call_ids},
    {said("present", {{"Server-ID", "q"}}).dump(), Malformed::no_instance},
    {said("gather_req", {{"Instance", "i"}, {"Server-ID", "q"}}).dump(), Malformed::no_call_id},
    {without(gathered(), "Chunks"), Malformed::bad_chunks},
    {with(gathered(), "Chunks", "x"), Malformed::bad_chunks},
    {with(gathered(), "Chunks", {{{"no", "chunk"}}}), Malformed::bad_chunks},
};

TEST(ReadMessage, SaysWhatIsWrong) {
    for (const Bad& row : bad) {
        const auto message = read_message(row.body);
        ASSERT_FALSE(message) << row.body.substr(0, 200);
        EXPECT_EQ(message.error(), row.why)
            << row.body.substr(0, 200) << ": "
            << malformed_names[static_cast<std::size_t>(message.error())];
    }
}

TEST(ParseServerId, TakesAProcessBehindAQueueApart) {
    EXPECT_EQ(parse_server_id("queue"), (Address{"queue", std::nullopt}));
    EXPECT_EQ(parse_server_id("a/b"), (Address{"a/b", std::nullopt}));
    EXPECT_EQ(parse_server_id("pid://<0.228.0>/queue"), (Address{"queue", "<0.228.0>"}));
    EXPECT_EQ(parse_server_id("pid://a/b/queue"), (Address{"queue", "a/b"}));
    for (const char* text : {"", "pid://", "pid:///queue", "pid://x", "pid://x/"}) {
        EXPECT_EQ(parse_server_id(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace ci::amqp
