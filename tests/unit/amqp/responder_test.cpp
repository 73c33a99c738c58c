#include "amqp/responder.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "amqp/said.h"

namespace ci::amqp {
namespace {

constexpr wire::Micros ms = 1'000, second = 1'000'000;

Message message(const Json& body) {
    auto read = read_message(body.dump());
    EXPECT_TRUE(read) << body;
    return read ? *read : Message{};
}

Json presence(const std::string& instance, bool leaving = false) {
    Json body = said("present", {{"Instance", instance}, {"Server-ID", "q-" + instance}});
    body["Node"] = instance + "@vm";
    if (leaving) body["Leaving"] = true;
    return body;
}

class ResponderTest : public testing::Test {
  protected:
    void bind() {
        const auto actions = responder_.bound("my-queue", "me@vm", now_);
        ASSERT_EQ(actions.publications.size(), 1U);
    }
    Actions take(const Json& body) { return responder_.take(message(body), now_); }
    void meet(const std::string& instance) { (void)take(presence(instance)); }

    /// Our own store answers.
    Actions found(const Actions& actions, Part chunks = {}, std::vector<std::string> ids = {}) {
        EXPECT_EQ(actions.questions.size(), 1U);
        return responder_.found(actions.questions.at(0).ticket,
                                {std::move(chunks), std::move(ids), {}}, now_);
    }
    /// A peer answers the question in `actions`.
    Actions gathered(const Actions& actions, const std::string& instance,
                     const std::vector<std::string>& lines) {
        Json body = said("gather_resp", {{"Instance", instance}, {"Chunks", Json::array()}});
        for (const auto& line : lines) body["Chunks"].push_back(Json::parse(line));
        body["Msg-ID"] = Json::parse(actions.publications.at(0).body)["Msg-ID"];
        return take(body);
    }
    static Json body(const Publication& publication) { return Json::parse(publication.body); }

    Responder responder_{"me"};
    wire::Micros now_ = 1'000 * second;
};

TEST_F(ResponderTest, AnnouncesItselfWhenItIsBoundAndEveryFiveSeconds) {
    const auto actions = responder_.bound("my-queue", "me@vm", now_);
    ASSERT_EQ(actions.publications.size(), 1U);
    EXPECT_EQ(actions.publications[0].exchange, "monitor");
    EXPECT_EQ(actions.publications[0].key, "call_inspector.present");
    const auto said = body(actions.publications[0]);
    EXPECT_EQ(said["Instance"], "me");
    EXPECT_EQ(said["Server-ID"], "my-queue");
    EXPECT_EQ(said["Node"], "me@vm");
    EXPECT_FALSE(said.contains("Leaving"));
    EXPECT_EQ(responder_.due(), now_ + 5 * second);
    now_ += 5 * second;
    EXPECT_EQ(responder_.tick(now_).publications.size(), 1U);
    EXPECT_EQ(responder_.due(), now_ + 5 * second);
}

TEST_F(ResponderTest, IsSilentWithoutAQueue) {
    EXPECT_EQ(responder_.due(), std::nullopt);
    EXPECT_TRUE(take(lookup()).questions.empty());
    EXPECT_TRUE(take(presence("peer")).publications.empty());
    EXPECT_EQ(responder_.counts().ignored, 2U);
    bind();
    const auto asked = take(lookup());
    responder_.unbound();
    EXPECT_TRUE(found(asked).answers.empty());
    EXPECT_TRUE(responder_.tick(now_ + 60 * second).publications.empty());
}

TEST_F(ResponderTest, AnswersAtOnceWhenItIsAlone) {
    bind();
    const auto asked = take(lookup());
    EXPECT_TRUE(asked.publications.empty());
    ASSERT_EQ(asked.questions.size(), 1U);
    EXPECT_EQ(asked.questions[0].call_ids, std::vector<std::string>{"a@b"});
    const auto done = found(asked, {a_chunk("INVITE")});
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].server_id, "kzc-queue");
    EXPECT_EQ(done.answers[0].msg_id, "4405079ec0274d49");
    EXPECT_EQ(done.answers[0].node, "me@vm");
    EXPECT_TRUE(done.answers[0].missing.empty());
    EXPECT_EQ(responder_.counts().answered, 1U);
    EXPECT_EQ(responder_.counts().gathered, 0U);
    EXPECT_EQ(responder_.under_way(), 0U);
}

TEST_F(ResponderTest, GathersWhatPeersHaveBeforeItAnswers) {
    bind();
    meet("p1");
    meet("p2");
    const auto asked = take(lookup());
    ASSERT_EQ(asked.publications.size(), 1U);
    EXPECT_EQ(asked.publications[0].key, "call_inspector.gather");
    EXPECT_EQ(body(asked.publications[0])["Call-ID"], "a@b");
    EXPECT_EQ(body(asked.publications[0])["Server-ID"], "my-queue");
    EXPECT_TRUE(found(asked, {a_chunk("one")}).answers.empty());
    EXPECT_TRUE(gathered(asked, "p1", {chunk_line("two")}).answers.empty());
    const auto done = gathered(asked, "p2", {chunk_line("three")});
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].parts.size(), 3U);
    EXPECT_TRUE(done.answers[0].missing.empty());
    EXPECT_EQ(responder_.counts().gathered, 1U);
}

TEST_F(ResponderTest, WaitsForItsOwnStoreAlsoBeyondTheBound) {
    bind();
    meet("p1");
    const auto asked = take(lookup());
    EXPECT_TRUE(gathered(asked, "p1", {chunk_line("two")}).answers.empty());
    now_ += second;
    EXPECT_TRUE(responder_.tick(now_).answers.empty());
    EXPECT_EQ(found(asked, {a_chunk("one")}).answers.size(), 1U);
}

TEST_F(ResponderTest, NamesWhoDidNotAnswerInTime) {
    bind();
    meet("p1");
    meet("p2");
    const auto asked = take(lookup());
    (void)found(asked);
    (void)gathered(asked, "p2", {});
    EXPECT_EQ(responder_.due(), now_ + 500 * ms);
    EXPECT_TRUE(responder_.tick(now_ + 499 * ms).answers.empty());
    const auto done = responder_.tick(now_ + 500 * ms);
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].missing, std::vector<std::string>{"p1@vm"});
    EXPECT_EQ(responder_.counts().timed_out, 1U);
    EXPECT_EQ(responder_.counts().gathered, 0U);
    EXPECT_TRUE(gathered(asked, "p1", {}).answers.empty());
    EXPECT_EQ(responder_.counts().late, 1U);
}

TEST_F(ResponderTest, NamesItselfWhenItsOwnStoreCannotBeRead) {
    bind();
    const auto asked = take(lookup());
    const auto done = responder_.found(asked.questions[0].ticket, {{}, {}, "no rights"}, now_);
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].missing, std::vector<std::string>{"me@vm"});
}

TEST_F(ResponderTest, ForgetsPeersThatAreSilentOrLeave) {
    bind();
    meet("p1");
    meet("p2");
    EXPECT_EQ(responder_.peers().size(), 2U);
    (void)take(presence("p2", true));
    EXPECT_EQ(responder_.peers().size(), 1U);
    (void)take(presence("p2"));  // sent before p2 left, received later
    EXPECT_EQ(responder_.peers().size(), 1U);
    now_ += 14 * second;
    (void)responder_.tick(now_);
    EXPECT_EQ(responder_.peers().size(), 1U);
    now_ += second;
    EXPECT_TRUE(take(lookup()).publications.empty());
    EXPECT_TRUE(responder_.peers().empty());
}

TEST_F(ResponderTest, TellsANewPeerThatItIsThere) {
    bind();
    EXPECT_EQ(take(presence("p1")).publications.size(), 1U);
    EXPECT_TRUE(take(presence("p1")).publications.empty());
    EXPECT_TRUE(take(presence("p2", true)).publications.empty());
}

TEST_F(ResponderTest, DoesNotHearItself) {
    bind();
    EXPECT_TRUE(take(presence("me")).publications.empty());
    EXPECT_TRUE(responder_.peers().empty());
    const auto own = said("gather_req", {{"Instance", "me"}, {"Server-ID", "q"}, {"Call-ID", "a"}});
    EXPECT_TRUE(take(own).questions.empty());
    EXPECT_EQ(responder_.counts().ignored, 2U);
}

TEST_F(ResponderTest, AnswersAPeerFromItsOwnStoreAlone) {
    bind();
    meet("p1");
    meet("p2");
    const auto asked =
        take(said("gather_req", {{"Instance", "p1"}, {"Server-ID", "q-p1"}, {"Call-ID", "a@b"}}));
    EXPECT_TRUE(asked.publications.empty());
    const auto done = found(asked, {a_chunk("one")});
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].to, Answering::gather_chunks);
    EXPECT_EQ(done.answers[0].server_id, "q-p1");
    EXPECT_EQ(done.answers[0].instance, "me");
    EXPECT_EQ(responder_.counts().helped, 1U);
    EXPECT_EQ(responder_.counts().answered, 0U);
}

TEST_F(ResponderTest, DoesNotTellAPeerThatItHasNothingWhenItCannotKnow) {
    bind();
    const auto asked =
        take(said("gather_req", {{"Instance", "p1"}, {"Server-ID", "q-p1"}, {"Call-ID", "a@b"}}));
    const auto done = responder_.found(asked.questions[0].ticket, {{}, {}, "no rights"}, now_);
    EXPECT_TRUE(done.answers.empty());
}

TEST_F(ResponderTest, FiltersByWhatAnybodyHasInTheOrderOfTheQuestion) {
    bind();
    meet("p1");
    const auto asked =
        take(said("filter_req", {{"Call-IDs", {"c", "x", "a", "b", "a"}}, {"Server-ID", "kz"}}));
    EXPECT_EQ(body(asked.publications[0])["Call-IDs"].size(), 5U);
    (void)found(asked, {}, {"a", "b"});
    Json answer = said("gather_resp", {{"Instance", "p1"}, {"Call-IDs", {"b", "c", "foreign"}}});
    answer["Msg-ID"] = body(asked.publications[0])["Msg-ID"];
    const auto done = take(answer);
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].call_ids, (std::vector<std::string>{"c", "a", "b"}));
}

TEST_F(ResponderTest, IgnoresAnswersThatNobodyAskedFor) {
    bind();
    meet("p1");
    const auto asked = take(lookup());
    for (const char* id : {"", "me", "me-", "me-99", "you-1", "-", "me-1x"}) {
        Json answer = said("gather_resp", {{"Instance", "p1"}, {"Chunks", Json::array()}});
        answer["Msg-ID"] = std::string("x") + id;
        (void)take(answer);
    }
    EXPECT_EQ(responder_.counts().late, 7U);
    Json of_another = said("gather_resp", {{"Instance", "p1"}, {"Chunks", Json::array()}});
    const auto id = body(asked.publications[0])["Msg-ID"].get<std::string>();
    of_another["Msg-ID"] = "you" + id.substr(id.find('-'));
    (void)take(of_another);
    EXPECT_EQ(responder_.counts().late, 8U) << "the number is that of a question, and not of ours";
    (void)found(asked);
    EXPECT_TRUE(gathered(asked, "stranger", {}).answers.empty());
    EXPECT_EQ(responder_.counts().late, 9U);
    EXPECT_EQ(gathered(asked, "p1", {}).answers.size(), 1U);
}

TEST_F(ResponderTest, AnswersFromItsOwnStoreWhenTooMuchIsUnderWay) {
    Limits limits;
    limits.gatherings = 2;
    limits.questions = 3;
    Responder responder("me", limits);
    (void)responder.bound("q", "me@vm", now_);
    (void)responder.take(message(presence("p1")), now_);
    std::vector<Actions> gatherings;
    for (int i = 0; i < 2; ++i) {
        gatherings.push_back(responder.take(message(lookup()), now_));
        EXPECT_EQ(gatherings.back().publications.size(), 1U);
    }
    const auto third = responder.take(message(lookup()), now_);
    EXPECT_TRUE(third.publications.empty());
    EXPECT_EQ(responder.counts().own_only, 1U);
    const auto fourth = responder.take(message(lookup()), now_);
    EXPECT_TRUE(fourth.questions.empty());
    EXPECT_EQ(responder.counts().refused, 1U);
    EXPECT_EQ(responder.found(third.questions[0].ticket, {}, now_).answers.size(), 1U);
    // Peers that do not answer end a gathering, too, and then there is room for another.
    now_ += 60 * second;
    (void)responder.take(message(presence("p1")), now_);
    for (const Actions& one : gatherings) {
        EXPECT_EQ(responder.found(one.questions[0].ticket, {}, now_).answers.size(), 1U);
    }
    EXPECT_EQ(responder.take(message(lookup()), now_).publications.size(), 1U);
}

Responder::TakeRoom room_for(std::size_t limit) {
    return [limit, used = std::make_shared<std::size_t>(0)](std::size_t bytes) {
        std::shared_ptr<const void> room;
        if (*used + bytes > limit) return room;
        *used += bytes;
        room.reset(used.get(), [used, bytes](const void*) { *used -= bytes; });
        return room;
    };
}

TEST_F(ResponderTest, HoldsNoMoreOfPeersThanItMay) {
    Responder responder("me", {}, room_for(10));
    (void)responder.bound("q", "me@vm", now_);
    (void)responder.take(message(presence("p1")), now_);
    const auto asked = responder.take(message(lookup()), now_);
    (void)responder.found(asked.questions[0].ticket, {}, now_);
    Json answer = said("gather_resp", {{"Instance", "p1"},
                                       {"Chunks", Json::array({Json::parse(chunk_line("x"))})}});
    answer["Msg-ID"] = body(asked.publications[0])["Msg-ID"];
    const auto done = responder.take(message(answer), now_);
    ASSERT_EQ(done.answers.size(), 1U);
    EXPECT_EQ(done.answers[0].missing, std::vector<std::string>{"p1@vm"});
    EXPECT_EQ(responder.counts().no_room, 1U);
}

TEST_F(ResponderTest, HoldsNoMoreOfItsOwnThanItMayUntilItIsAnswered) {
    const auto stored = a_chunk("x");
    Responder responder("me", {}, room_for((stored.json.size() + stored.message.size()) * 3 / 2));
    (void)responder.bound("q", "me@vm", now_);
    const auto answer = [&] {
        const auto asked = responder.take(message(lookup()), now_);
        Found found;
        found.chunks.push_back(stored);
        auto done = responder.found(asked.questions[0].ticket, std::move(found), now_);
        return std::move(done.answers.at(0));
    };
    auto first = std::make_unique<Answer>(answer());
    EXPECT_EQ(first->parts.size(), 1U);
    const auto refused = answer();
    EXPECT_TRUE(refused.parts.empty());
    EXPECT_EQ(refused.missing, std::vector<std::string>{"me@vm"});
    EXPECT_EQ(responder.counts().no_room, 1U);
    first.reset();
    EXPECT_EQ(answer().parts.size(), 1U);
}

TEST_F(ResponderTest, WaitsForNoMoreThanAHundredPeers) {
    bind();
    for (int i = 0; i < 200; ++i) meet("p" + std::to_string(i));
    EXPECT_EQ(responder_.peers().size(), max_peers);
}

TEST_F(ResponderTest, CountsWhatIsMalformed) {
    responder_.refuse(Malformed::no_call_id);
    EXPECT_EQ(responder_.counts().received, 1U);
    EXPECT_EQ(responder_.counts().malformed[static_cast<std::size_t>(Malformed::no_call_id)], 1U);
}

TEST_F(ResponderTest, SaysGoodbye) {
    EXPECT_TRUE(responder_.leave().publications.empty());
    bind();
    const auto actions = responder_.leave();
    ASSERT_EQ(actions.publications.size(), 1U);
    EXPECT_EQ(body(actions.publications[0])["Leaving"], true);
}

}  // namespace
}  // namespace ci::amqp
