// One rule of joining a test: few messages, and which dialogues are one call.
#include "calls/joining.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "support/memory_dialogues.h"

namespace ci::calls {
namespace {

using wire::Micros;
constexpr Micros ms = 1'000;
constexpr Micros start = 1'800'000'000'000'000;

class Scene {
  public:
    test::MemoryDialogues dialogues;

    struct Request {
        std::string call_id, from, to, src, dst;
        std::string headers = {};
        std::string method = "INVITE";
        std::string body = {};
    };
    void send(Micros at, const Request& r) {
        const std::string target = r.to.find('@') == std::string::npos ? r.to + "@x.example" : r.to;
        add(at, r.call_id, r.src, r.dst,
            r.method + " sip:" + target + " SIP/2.0\r\nVia: SIP/2.0/UDP " + r.src +
                ";branch=z9hG4bK" + r.call_id + "\r\nFrom: <sip:" + r.from +
                "@x.example>;tag=1\r\nTo: <sip:" + target + ">\r\nCall-ID: " + r.call_id +
                "\r\nCSeq: 1 " + r.method + "\r\n" + r.headers + "\r\n" + r.body);
    }
    void answer(Micros at, const Request& r, const std::string& status = "200 OK") {
        add(at, r.call_id, r.dst, r.src,
            "SIP/2.0 " + status + "\r\nVia: SIP/2.0/UDP " + r.src + ";branch=z9hG4bK" + r.call_id +
                "\r\nCall-ID: " + r.call_id + "\r\nCSeq: 1 " + r.method + "\r\n" + r.headers +
                "\r\n");
    }
    void line(Micros at, const std::string& call_id, const std::string& text) {
        dialogues.add({call_id, "", {}, {}, "log"}, text, start + at);
    }

    [[nodiscard]] std::string legs(const std::string& call_id, const Bounds& bounds = {}) {
        std::string out;
        for (const Leg& leg : join(dialogues, call_id, bounds).legs) {
            out += (out.empty() ? "" : " ") + leg.call_id;
        }
        return out;
    }

  private:
    void add(Micros at, const std::string& call_id, const std::string& src, const std::string& dst,
             const std::string& bytes) {
        dialogues.add(
            {call_id, "", wire::parse_address(src).value(), wire::parse_address(dst).value()},
            bytes, start + at);
    }
};

const std::string phone = "192.0.2.1", pbx = "192.0.2.9", callee = "192.0.2.2", other = "192.0.2.3";

TEST(Joining, IsTransitiveOverSureEvidence) {
    Scene scene;
    scene.send(0, {"a", "1001", "2001", phone, pbx});
    scene.send(10 * ms, {"b", "9", "8", pbx, callee, "X-CID: a\r\n"});
    scene.send(20 * ms, {"c", "7", "6", callee, other, "X-CID: b\r\n"});
    scene.send(30 * ms, {"d", "1001", "2001", other, callee});
    for (const std::string asked : {"a", "b", "c"}) EXPECT_EQ(scene.legs(asked), "a b c");
    EXPECT_EQ(scene.legs("d"), "d");
    EXPECT_EQ(scene.legs("unknown"), "");

    const Joined joined = join(scene.dialogues, "b");
    ASSERT_EQ(joined.legs.size(), 3U);
    ASSERT_EQ(joined.legs[1].joined_by.size(), 2U);
    const Proof& proof = joined.legs[1].joined_by[0];
    EXPECT_EQ(proof.evidence, Evidence::header);
    EXPECT_EQ(proof.with, "a");
    EXPECT_EQ(proof.fact, "a");
    EXPECT_EQ(proof.shown_by, "b");
    EXPECT_EQ(proof.place, 2U);
    EXPECT_EQ(joined.incomplete, "");
}

TEST(Joining, LegsThatNameAnUnseenOneAreOfOneCall) {
    Scene scene;
    scene.send(0, {"b", "1", "2", pbx, callee, "k-cid: unseen\r\n"});
    scene.send(10 * ms, {"c", "3", "4", pbx, other, "X-CID: unseen\r\n"});
    EXPECT_EQ(scene.legs("b"), "b c");
    EXPECT_EQ(scene.legs("c"), "b c");
}

TEST(Joining, AConstantThatASenderWritesIntoEveryCallJoinsNothing) {
    for (const std::string header : {"X-CID: none", "P-Charging-Vector: icid-value=1",
                                     "Session-ID: ab30317f1a784dc48ff824d0d3715d86"}) {
        Scene often, seldom;
        for (int i = 0; i < 20; ++i) {
            const std::string id = "call" + std::to_string(i);
            const std::string number = std::to_string(5'000 + i);
            often.send(i * 2'000 * ms, {id, number, "9" + number, phone, pbx, header + "\r\n"});
            seldom.send(i * 3'600'000 * ms,
                        {id, number, "9" + number, phone, pbx, header + "\r\n"});
        }
        EXPECT_EQ(often.legs("call3"), "call3") << header;
        EXPECT_EQ(seldom.legs("call3"), "call3") << header;
    }
}

TEST(Joining, ARegistrationIsNoLeg) {
    Scene scene;
    scene.send(0, {"r", "1001", "1001", phone, pbx, "X-CID: a\r\n", "REGISTER"});
    scene.send(10 * ms, {"a", "1001", "2001", phone, pbx, "X-CID: r\r\n"});
    EXPECT_EQ(scene.legs("a"), "a");
    EXPECT_EQ(scene.legs("r"), "r");
}

TEST(Joining, AnInviteFollowsTheReferOfItsReferrer) {
    Scene scene;
    const std::string refer_to = "Refer-To: <sip:3001@x.example>\r\n";
    scene.send(0, {"a", "1001", "2001", phone, other});
    scene.send(5'000 * ms, {"a", "1001", "2001", phone, other,
                            refer_to + "Referred-By: <sip:1001@x.example>\r\n", "REFER"});
    scene.send(5'100 * ms, {"t", "2001", "3001@x.example", other, callee,
                            "Referred-By: <sip:1001@x.example>\r\n"});
    EXPECT_EQ(scene.legs("a"), "a t");
    EXPECT_EQ(scene.legs("t"), "a t");
    scene.send(400'000 * ms, {"later", "2001", "3001@x.example", other, callee,
                              "Referred-By: <sip:1001@x.example>\r\n"});
    EXPECT_EQ(scene.legs("later"), "later");
    // Another one refers another call to the same target at the same time.
    scene.send(1'000 * ms, {"z", "1001", "2001", phone, other});
    scene.send(5'050 * ms, {"z", "1001", "2001", phone, other,
                            refer_to + "Referred-By: <sip:1001@x.example>\r\n", "REFER"});
    EXPECT_EQ(scene.legs("t"), "t");
}

TEST(Joining, LinesOfAChannelTieItToItsCallAndToTheOtherLeg) {
    Scene scene;
    scene.send(0, {"a@phone", "1001", "2001", phone, pbx});
    scene.line(1 * ms, "uuid-a", "sofia receiving invite call-id: a@phone");
    scene.line(20 * ms, "uuid-a", "Originate Resulted in Success Peer UUID: uuid-b");
    scene.send(10 * ms, {"uuid-b", "5", "6", pbx, callee});
    scene.line(21 * ms, "uuid-b", "EXECUTE [depth=0] sofia/x conference(3001@default)");
    scene.send(30 * ms, {"uuid-c", "7", "8", other, pbx});
    scene.line(31 * ms, "uuid-c", "EXECUTE [depth=0] sofia/y conference(3001@default)");
    scene.line(40 * ms, "uuid-b", "hangup");
    for (const std::string asked : {"a@phone", "uuid-b", "uuid-c"}) {
        EXPECT_EQ(scene.legs(asked), "a@phone uuid-a uuid-b uuid-c");
    }
    // A day later others meet in the same room.
    scene.line(86'400'000 * ms, "uuid-d", "EXECUTE [depth=0] sofia/z conference(3001@default)");
    EXPECT_EQ(scene.legs("uuid-d"), "uuid-d");
}

TEST(Joining, ABackToBackUserAgentIsGuessedByItsParties) {
    Scene scene;
    const Scene::Request a{"a", "+49 30 1234567", "2001", phone, pbx};
    scene.send(0, a);
    scene.send(10 * ms, {"b", "030-1234567", "77", pbx, callee});
    scene.send(20 * ms, {"c", "030-1234567", "78", pbx, other});
    for (const std::string asked : {"a", "b", "c"}) EXPECT_EQ(scene.legs(asked), "a b c");
    const Joined joined = join(scene.dialogues, "a");
    const Proof& proof = joined.legs[1].joined_by.at(0);
    EXPECT_EQ(proof.evidence, Evidence::b2bua);
    EXPECT_LT(proof.confidence, 1);
    EXPECT_GT(proof.confidence, 0.5);
    // Too late, and after the answer.
    scene.send(61'000 * ms, {"late", "030-1234567", "78", pbx, other});
    EXPECT_EQ(scene.legs("late"), "late");
    scene.answer(300 * ms, a);
    scene.send(600 * ms, {"after", "030-1234567", "78", pbx, other});
    EXPECT_EQ(scene.legs("after"), "after");
    // By another host.
    scene.send(12 * ms, {"elsewhere", "030-1234567", "2001", "192.0.2.77", callee});
    EXPECT_EQ(scene.legs("elsewhere"), "elsewhere");
}

TEST(Joining, BetweenTwoEqualRivalsNothingIsGuessed) {
    Scene scene;
    scene.send(0, {"a1", "anonymous", "2001", phone, pbx});
    scene.send(5 * ms, {"a2", "anonymous", "2001", callee, pbx});
    scene.send(10 * ms, {"b", "anonymous", "2001", pbx, other});
    EXPECT_EQ(scene.legs("b"), "b");
    EXPECT_EQ(scene.legs("a1"), "a1");
    // Who has both parties in common comes before who has one.
    scene.send(6 * ms, {"a3", "1001", "2001", phone, pbx});
    scene.send(11 * ms, {"b3", "1001", "2001", pbx, other});
    EXPECT_EQ(scene.legs("b3"), "a3 b3");
    EXPECT_EQ(scene.legs("a3"), "a3 b3");
}

TEST(Joining, WhoHuntsForAnAnswerTriesOneTargetAfterTheOther) {
    Scene scene;
    const Scene::Request a{"a", "1001", "2001", phone, pbx};
    const Scene::Request b{"b", "1001", "77", pbx, callee};
    scene.send(0, a);
    scene.send(10 * ms, b);
    scene.answer(19'000 * ms, b, "480 Temporarily Unavailable");
    scene.send(19'020 * ms, {"c", "1001", "78", pbx, other});
    for (const std::string asked : {"a", "b", "c"}) EXPECT_EQ(scene.legs(asked), "a b c");
    // Not if there is a nearer one.
    scene.send(18'000 * ms, {"a2", "1001", "3001", other, pbx});
    EXPECT_EQ(scene.legs("c"), "a2 c");
    EXPECT_EQ(scene.legs("a"), "a b");
}

TEST(Joining, BetweenRivalsTheFinalResponseTells) {
    Scene scene;
    const Scene::Request a1{"a1", "1001", "2001", phone, pbx};
    const Scene::Request a2{"a2", "1001", "2002", other, pbx};
    const Scene::Request b{"b", "1001", "77", pbx, callee};
    scene.send(0, a1);
    scene.send(100 * ms, a2);
    scene.send(110 * ms, b);
    EXPECT_EQ(scene.legs("b"), "b");
    scene.answer(700 * ms, b, "486 Busy Here");
    scene.answer(710 * ms, a1, "486 Busy Here");
    for (const std::string asked : {"a1", "b"}) EXPECT_EQ(scene.legs(asked), "a1 b");
    EXPECT_EQ(scene.legs("a2"), "a2");
    // It tells nothing if both get one.
    scene.answer(720 * ms, a2, "486 Busy Here");
    EXPECT_EQ(scene.legs("b"), "b");
}

TEST(Joining, WhatAHostSendsJustAfterAReferInTheNameOfAPartyGoesOnWithItsCall) {
    Scene scene;
    const Scene::Request a{"a", "1001", "2001", phone, pbx};
    const Scene::Request b{"b", "1001", "77", pbx, callee};
    scene.send(0, a);
    scene.send(10 * ms, b);
    scene.answer(300 * ms, b);
    scene.answer(310 * ms, a);
    scene.send(9'000 * ms, {"a", "1001", "2001", phone, pbx, "", "REFER"});
    scene.send(9'030 * ms, {"c", "77", "78", pbx, other});
    for (const std::string asked : {"a", "b", "c"}) EXPECT_EQ(scene.legs(asked), "a b c");
    // Neither a stranger's call nor what comes much later.
    scene.send(9'040 * ms, {"stranger", "4711", "78", pbx, other});
    EXPECT_EQ(scene.legs("stranger"), "stranger");
    scene.send(9'700 * ms, {"later", "77", "79", pbx, other});
    EXPECT_EQ(scene.legs("later"), "later");
    EXPECT_EQ(scene.legs("a"), "a b c");
}

TEST(Joining, AHostThatCallsOneAndThenAnotherInItsNameMakesOneCall) {
    Scene scene;
    const Scene::Request a{"a", "1000", "77", pbx, callee};
    scene.send(0, a);
    scene.answer(8'000 * ms, a);
    scene.send(8'020 * ms, {"b", "77", "78", pbx, other});
    scene.send(9'000 * ms, {"a", "1000", "77", pbx, callee, "", "BYE"});
    for (const std::string asked : {"a", "b"}) EXPECT_EQ(scene.legs(asked), "a b");
    scene.send(8'900 * ms, {"later", "77", "79", pbx, other});
    EXPECT_EQ(scene.legs("later"), "later");
}

TEST(Joining, WhatIsMadeForARedirectedCallIsMadeForTheFirst) {
    Scene scene;
    const Scene::Request a{"a", "1001", "2001", phone, pbx};
    scene.send(0, a);
    scene.answer(10 * ms, {"a", "1001", "2001", phone, pbx, "Contact: <sip:2002@x.example>\r\n"},
                 "302 Moved Temporarily");
    scene.send(1'000 * ms, {"b", "1001", "2002", phone, pbx});
    scene.send(1'010 * ms, {"c", "1001", "77", pbx, callee});
    for (const std::string asked : {"a", "b", "c"}) EXPECT_EQ(scene.legs(asked), "a b c");
}

TEST(Joining, AGuessNeverJoinsTwoGroupsThatAreSureOfThemselves) {
    Scene scene;
    scene.send(0, {"a", "1001", "2001", phone, pbx});
    scene.send(1 * ms, {"a2", "1", "2", phone, other, "X-CID: a\r\n"});
    scene.send(10 * ms, {"b", "1001", "2001", pbx, callee});
    EXPECT_EQ(scene.legs("b"), "a a2 b");
    scene.send(20 * ms, {"b2", "3", "4", callee, other, "X-CID: b\r\n"});
    EXPECT_EQ(scene.legs("b"), "b b2");
    EXPECT_EQ(scene.legs("a"), "a a2");
}

TEST(Joining, AGuessIsNotFollowedByAnother) {
    Scene scene;
    scene.send(0, {"a", "1001", "2001", phone, pbx});
    scene.send(10 * ms, {"b", "1001", "2001", pbx, other});
    scene.send(20 * ms, {"c", "1001", "2001", other, callee});
    EXPECT_EQ(scene.legs("a"), "a b");
    EXPECT_EQ(scene.legs("b"), "a b c");
    EXPECT_EQ(scene.legs("c"), "b c");
}

TEST(Joining, AProxyThatHidesItsViasIsNoBackToBackUserAgent) {
    Scene scene;
    scene.send(0, {"a1", "1001", "2001", phone, pbx});
    scene.send(1'000 * ms, {"a2", "1001", "2001", phone, pbx});
    scene.send(1'001 * ms, {"a2", "1001", "2001", pbx, callee});
    EXPECT_EQ(scene.legs("a2"), "a2");
}

TEST(Joining, TheSameMediaTellsAtABackToBackUserAgent) {
    const std::string sdp =
        "v=0\r\no=- 1712345678 1 IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP "
        "0\r\n";
    Scene scene;
    scene.send(0, {"a", "1001", "2001", phone, pbx, "", "INVITE", sdp});
    scene.send(7'000 * ms, {"a", "1001", "2001", phone, pbx, "", "BYE"});
    scene.send(6'000 * ms, {"b", "5", "6", pbx, callee, "", "INVITE", sdp});
    EXPECT_EQ(scene.legs("a"), "a b");
    EXPECT_EQ(join(scene.dialogues, "b").legs.at(0).joined_by.at(0).evidence, Evidence::media);
    // The phone's next call.
    scene.send(6'500 * ms, {"next", "1001", "3001", phone, pbx, "", "INVITE", sdp});
    EXPECT_EQ(scene.legs("next"), "next");
}

TEST(Joining, ItsWorkIsBounded) {
    Scene scene;
    scene.send(0, {"a", "1001", "2001", phone, pbx});
    for (int i = 0; i < 300; ++i) {
        scene.send(i * ms, {"leg" + std::to_string(i), "1", "2", pbx, callee, "X-CID: a\r\n"});
    }
    const Joined few = join(scene.dialogues, "a");
    EXPECT_EQ(few.legs.size(), 100U);
    EXPECT_EQ(few.incomplete, "more than 100 legs");
    scene.dialogues.look_ups = 0;
    const Joined none = join(scene.dialogues, "leg7", {.legs = 100, .look_ups = 10});
    EXPECT_LE(scene.dialogues.look_ups, 10U);
    EXPECT_EQ(none.incomplete, "more than 10 look-ups");
}

}  // namespace
}  // namespace ci::calls
