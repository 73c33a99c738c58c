// What findings say: the sentences that an operator reads.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "calls/findings/finding.h"
#include "calls/findings/found.h"
#include "calls/messages.h"
#include "order/order.h"

namespace ci::calls {
namespace {

/// The texts of all findings, a line each.
std::string texts_of(const std::vector<chunk::Chunk>& chunks) {
    const order::Flow flow = order::order(chunks);
    std::string texts;
    for (const Finding& one : findings_of(course_of(chunks, flow, {}, {}))) {
        texts += one.text + '\n';
    }
    return texts;
}

std::string texts_of(std::string_view messages) {
    return texts_of(test::chunks_of(messages));
}

/// 1 calls 3 over 2 and puts the call on hold; then comes `rest`.
std::string texts_of_hold(const std::string& rest) {
    auto chunks = test::chunks_of(
        "at=0 is=INVITE\nat=10 is=INVITE hop=2>3 vias=2\nat=900 is=200 hop=3>2 vias=2\n"
        "at=910 is=200 hop=2>1\nat=920 is=ACK to_tag=t\nat=930 is=ACK hop=2>3 vias=2 to_tag=t\n"
        "at=9000 is=INVITE number=2 to_tag=t Subject=hold\n"
        "at=9010 is=INVITE number=2 to_tag=t hop=2>3 vias=2 Subject=hold\n"
        "at=9020 is=200 number=2 hop=3>2 vias=2\nat=9030 is=200 number=2 hop=2>1\n"
        "at=9040 is=ACK number=2 to_tag=t\nat=9050 is=ACK number=2 hop=2>3 vias=2 to_tag=t\n" +
        rest +
        "at=20000 is=BYE number=9 to_tag=t\nat=20010 is=BYE number=9 to_tag=t hop=2>3 vias=2\n"
        "at=20020 is=200 of=BYE number=9 hop=3>2 vias=2\nat=20030 is=200 of=BYE number=9 "
        "hop=2>1\n");
    for (chunk::Chunk& one : chunks) {
        if (one.message.find("Subject: hold") == std::string::npos) continue;
        one.message +=
            "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
            "m=audio 4000 RTP/AVP 0\r\na=sendonly\r\n";
    }
    return texts_of(chunks);
}

/// 1 calls 2, which calls phones from 3 on; each refuses with the status.
std::string fork(std::size_t phones, const std::string& status, const std::string& end) {
    std::string all = "at=0 is=INVITE\n";
    for (std::size_t i = 0; i < phones; ++i) {
        const std::string phone = std::to_string(i + 3);
        all += "at=" + std::to_string(20 + i) + " is=INVITE vias=2 hop=2>" + phone + "\n";
        all += "at=" + std::to_string(900 + i) + " vias=2 is=" + status + " hop=" + phone + ">2\n";
    }
    return all + end;
}

TEST(FindingTexts, ManyBranchesThatRefusedAreOne) {
    const std::string end = "at=2000 is=200 hop=2>1\nat=2010 is=ACK to_tag=t\n";
    const std::string few = texts_of(fork(3, "486", end));
    EXPECT_EQ(std::count(few.begin(), few.end(), '\n'), 3) << few;
    EXPECT_EQ(few.find("likewise"), std::string::npos) << few;
    EXPECT_EQ(texts_of(fork(5, "486", end)),
              "10.0.0.3 refused INVITE with 486 Reason; likewise 10.0.0.4, 10.0.0.5, 10.0.0.6 and "
              "10.0.0.7.\n");
    EXPECT_NE(texts_of(fork(60, "486", end)).find("10.0.0.10 and 52 others.\n"), std::string::npos)
        << texts_of(fork(60, "486", end));
}

TEST(FindingTexts, WhoPutACallOnHoldIsNamedAndNotTheProxy) {
    EXPECT_EQ(texts_of_hold(""), "10.0.0.1 put the call on hold, and it ended so 11.0 s later.\n");
}

TEST(FindingTexts, ACallOnHoldThatWasTransferredDidNotEndOnHold) {
    EXPECT_EQ(texts_of_hold("at=10000 is=REFER number=3 to_tag=t Refer-To=sip:c@e\n"
                            "at=10010 is=REFER number=3 to_tag=t hop=2>3 vias=2 Refer-To=sip:c@e\n"
                            "at=10020 is=202 of=REFER number=3 hop=3>2 vias=2\n"
                            "at=10030 is=202 of=REFER number=3 hop=2>1\n"),
              "");
}

TEST(FindingTexts, WhoGaveUpIsNamed) {
    EXPECT_EQ(texts_of("at=0 is=INVITE\nat=900 is=180 hop=2>1\nat=3000 is=CANCEL\n"
                       "at=3010 is=200 of=CANCEL hop=2>1\nat=3020 is=487 hop=2>1\nat=3030 is=ACK "
                       "to_tag=t\n"),
              "10.0.0.1 gave up: so 10.0.0.2 ended INVITE with 487 Reason.\n");
}

TEST(FindingTexts, WhoHungUpIsNotWhoPassedItOn) {
    const std::string seen = " parser=capture:eth1\n";
    EXPECT_EQ(texts_of("at=0 is=INVITE" + seen + "at=10 is=INVITE hop=2>3 vias=2" + seen +
                       "at=900 is=200 hop=3>2 vias=2" + seen + "at=910 is=200 hop=2>1" + seen +
                       "at=920 is=ACK to_tag=t" + seen + "at=930 is=ACK hop=2>3 vias=2 to_tag=t" +
                       seen + "at=1900 is=BYE hop=3>2 number=7 from_tag=t to_tag=f" + seen +
                       "at=1910 is=BYE hop=2>1 vias=2 number=7 from_tag=t to_tag=f" + seen +
                       "at=1920 is=200 of=BYE hop=1>2 vias=2 number=7 from_tag=t to_tag=f" + seen +
                       "at=1930 is=200 of=BYE hop=2>3 number=7 from_tag=t to_tag=f" + seen),
              "10.0.0.3 hung up 990 ms after the answer.\n");
}

TEST(FindingTexts, ReasonsOfStrangersAreCut) {
    sip::Message response;
    const std::string line = "SIP/2.0 404 " + std::string(60'000, 'x');
    response.start_line = line;
    EXPECT_LT(status_text(response).size(), 100U);
    response.start_line = "SIP/2.0 404 Not Found";
    EXPECT_EQ(status_text(response), "404 Not Found");
}

/// What is told of an INVITE in which `part` became `other`.
std::string texts_of_garbled(const std::string& part, const std::string& other) {
    auto chunks = test::chunks_of("at=0 is=INVITE\nat=100 is=180 hop=2>1\nat=900 is=200 hop=2>1\n");
    std::string& message = chunks.front().message;
    message.replace(message.find(part), part.size(), other);
    return texts_of(chunks);
}

TEST(FindingTexts, WhatAMessageLacksIsNamed) {
    EXPECT_EQ(texts_of_garbled("From: <sip:alice@example.com>;tag=f\r\n", ""),
              "10.0.0.1 sent a message with no From.\n");
    EXPECT_EQ(texts_of_garbled("To: <sip:bob@example.com>\r\n", ""),
              "10.0.0.1 sent a message with no To.\n");
    EXPECT_EQ(texts_of_garbled("CSeq: 1 INVITE", "CSeq: 1 INFO"),
              "10.0.0.1 sent a message with a CSeq of another method.\n");
}

TEST(FindingTexts, WhoHeardNothingSaysSoInItsOwnWords) {
    const auto hung_up = [](const std::string& reason) {
        return texts_of(
            "at=0 is=INVITE\nat=900 is=200 hop=2>1\nat=910 is=ACK to_tag=t\n"
            "at=90000 is=BYE number=2 to_tag=t Reason=\"" +
            reason + "\"\nat=90010 is=200 of=BYE number=2 hop=2>1\n");
    };
    for (const char* reason :
         {"SIP ;cause=488 ;text=RTP Broken Connection", "Q.850;cause=31;text=flow guard timer",
          "SIP;cause=480;text=RTP inactivity", "Q.850;cause=604;text=MEDIA_TIMEOUT"}) {
        EXPECT_NE(hung_up(reason).find("because it heard nothing"), std::string::npos) << reason;
    }
    EXPECT_EQ(hung_up("Q.850;cause=16;text=Normal call clearing"), "");
}

TEST(FindingTexts, TimesHaveTheUnitThatPeopleUse) {
    EXPECT_EQ(time_text(999'000), "999 ms");
    EXPECT_EQ(time_text(59'900'000), "59.9 s");
    EXPECT_EQ(time_text(3'599'000'000), "59 min 59 s");
    EXPECT_EQ(time_text(3 * 3'600'000'000LL + 60'000'000), "3 h 1 min");
    EXPECT_EQ(time_text(3 * 3'600'000'000LL - 300), "3 h 0 min");
    EXPECT_EQ(time_text(3'599'600'000), "1 h 0 min");
    EXPECT_EQ(time_text(59'960'000), "1 min 0 s");
    EXPECT_EQ(time_text(999'600), "1.0 s");
    EXPECT_EQ(time_text(1'500), "2 ms");
    EXPECT_EQ(time_text(20 * 86'400'000'000LL), "20 days");
}

TEST(FindingTexts, AShortCallLastsUntilSomebodyHangsUpOnAnyLeg) {
    const auto leg = [](const std::string& id, const char* lines) {
        std::vector<chunk::Chunk> chunks;
        for (std::istringstream in(lines); !in.eof();) {
            std::string line;
            std::getline(in, line);
            chunks.push_back(
                test::chunk_of(test::read_expected(line + " parser=capture:eth0"), id));
        }
        return chunks;
    };
    auto chunks = leg("a",
                      "at=0 is=INVITE hop=1>3\nat=900 is=200 hop=3>1\n"
                      "at=910 is=ACK hop=1>3 to_tag=t\n"
                      "at=2120 is=BYE number=1 hop=3>1 from_tag=t to_tag=f");
    const auto far = leg("b",
                         "at=20 is=INVITE hop=3>5 from_tag=b\n"
                         "at=890 is=200 hop=5>3 from_tag=b to_tag=tb\n"
                         "at=895 is=ACK hop=3>5 from_tag=b to_tag=tb\n"
                         "at=2000 is=BYE number=2 hop=5>3 from_tag=tb to_tag=b");
    std::vector<std::size_t> leg_of(chunks.size(), 0);
    chunks.insert(chunks.end(), far.begin(), far.end());
    leg_of.resize(chunks.size(), 1);
    const order::Flow flow = order::order(chunks);
    std::string texts;
    for (const Finding& one : findings_of(course_of(chunks, flow, leg_of, {}))) {
        texts += one.text + '\n';
    }
    EXPECT_NE(texts.find("10.0.0.5 hung up 1.1 s after the answer."), std::string::npos) << texts;
}

}  // namespace
}  // namespace ci::calls
