// What differs between two messages, as a rule a test.
#include "calls/differences/message_difference.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace ci::calls {
namespace {

const std::string invite_line = "INVITE sip:bob@example.com SIP/2.0\r\n";

/// Each change as a line, in front of it its part: "headers: + Via: a".
std::vector<std::string> lines_of(const std::string& before, const std::string& after,
                                  const Comparing& how = {}) {
    const auto old = sip::parse(before), now = sip::parse(after);
    EXPECT_TRUE(old && now);
    std::vector<std::string> lines;
    for (const ChangedPart& part : message_difference(*old, *now, how)) {
        for (const Change& one : part.changes) {
            lines.push_back(part.name + ": " + (one.is_added ? "+ " : "- ") + one.text);
        }
    }
    return lines;
}

std::vector<std::string> of_headers(const std::string& before, const std::string& after,
                                    const Comparing& how = {}) {
    return lines_of(invite_line + before + "\r\n", invite_line + after + "\r\n", how);
}

std::vector<std::string> of_sdp(const std::string& before, const std::string& after,
                                const Comparing& how = {}) {
    const std::string type = invite_line + "Content-Type: application/sdp\r\n\r\n";
    return lines_of(type + before, type + after, how);
}

using Lines = std::vector<std::string>;

TEST(MessageDifference, SaysNothingOfEqualMessages) {
    EXPECT_EQ(of_headers("Via: a\r\nSubject: x\r\n", "Via: a\r\nSubject: x\r\n"), Lines{});
}

TEST(MessageDifference, ShowsBothStartLines) {
    EXPECT_EQ(lines_of(invite_line + "\r\n", "INVITE sip:carol@example.com SIP/2.0\r\n\r\n"),
              (Lines{"start line: - INVITE sip:bob@example.com SIP/2.0",
                     "start line: + INVITE sip:carol@example.com SIP/2.0"}));
}

TEST(MessageDifference, TakesCompactNamesForTheLongOnes) {
    EXPECT_EQ(
        of_headers("Via: a\r\nFrom: <sip:a@b>\r\nVIA: b\r\n", "v: a\r\nf: <sip:a@b>\r\nv: b\r\n"),
        Lines{});
    EXPECT_EQ(of_headers("l: 1\r\n", "Content-Length: 2\r\n"),
              (Lines{"headers: - Content-Length: 1", "headers: + Content-Length: 2"}));
}

TEST(MessageDifference, SplitsListsAndUnfoldsLines) {
    EXPECT_EQ(
        of_headers("Via: a, b\r\nSubject: x\r\n  y\r\n", "Via: a\r\nVia: b\r\nSubject: x y\r\n"),
        Lines{});
    EXPECT_EQ(of_headers("Contact: \"A, B\" <sip:a@b?x=1,2>, <sip:c@d>\r\n",
                         "m: \"A, B\" <sip:a@b?x=1,3>\r\nm: <sip:c@d>\r\n"),
              (Lines{"headers: - Contact: \"A, B\" <sip:a@b?x=1,2>",
                     "headers: + Contact: \"A, B\" <sip:a@b?x=1,3>"}));
}

TEST(MessageDifference, TheOrderOfOneNameCountsAndThatOfNamesDoesNot) {
    EXPECT_EQ(of_headers("Route: <sip:a>\r\nSubject: x\r\n", "Subject: x\r\nRoute: <sip:a>\r\n"),
              Lines{});
    EXPECT_EQ(of_headers("Route: <sip:a>, <sip:b>\r\n", "Route: <sip:b>, <sip:a>\r\n"),
              (Lines{"headers: - Route: <sip:a>", "headers: + Route: <sip:a>"}));
}

TEST(MessageDifference, WordsOfASetHaveNoOrder) {
    EXPECT_EQ(of_headers("Allow: ACK, BYE, INVITE\r\n", "Allow: INVITE\r\nAllow: BYE,ACK\r\n"),
              Lines{});
    EXPECT_EQ(of_headers("Allow: ACK, BYE\r\n", "Allow: BYE, REFER, UPDATE\r\n"),
              (Lines{"headers: - Allow: ACK", "headers: + Allow: REFER, UPDATE"}));
}

TEST(MessageDifference, ComparesSdpStreamByStream) {
    const std::string session = "v=0\r\no=u 1 1 IN IP4 10.0.0.1\r\nc=IN IP4 10.0.0.1\r\n";
    const std::string audio = "m=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n";
    EXPECT_EQ(
        of_sdp(session + audio + "m=video 5000 RTP/AVP 31\r\na=sendrecv\r\n",
               session + audio + "m=video 5000 RTP/AVP 31\r\na=inactive\r\n"),
        (Lines{"SDP of stream 2 (video): - a=sendrecv", "SDP of stream 2 (video): + a=inactive"}));
    EXPECT_EQ(
        of_sdp(session + audio, "v=0\r\no=u 1 2 IN IP4 10.0.0.1\r\nc=IN IP4 10.0.0.9\r\n" + audio),
        (Lines{"SDP: - o=u 1 1 IN IP4 10.0.0.1", "SDP: - c=IN IP4 10.0.0.1",
               "SDP: + o=u 1 2 IN IP4 10.0.0.1", "SDP: + c=IN IP4 10.0.0.9"}));
}

TEST(MessageDifference, ComparesOtherBodiesByLines) {
    EXPECT_EQ(lines_of(invite_line + "\r\nhello\r\nworld", invite_line + "\r\nhello\r\nthere"),
              (Lines{"body: - world", "body: + there"}));
    const std::string part =
        "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\ns=-\r\n--x\r\n\r\n";
    EXPECT_EQ(lines_of(invite_line + "\r\n" + part + "one\r\n--x--",
                       invite_line + "\r\n" + part + "two\r\n--x--"),
              (Lines{"body: - one", "body: + two"}));
}

TEST(MessageDifference, BetweenTwoCallsLeavesOutWhatAlwaysDiffers) {
    const std::vector<std::string> call_ids = {"X-CID"};
    const Comparing other{true, call_ids};
    EXPECT_EQ(
        of_headers("Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport=5\r\nFrom: <sip:a@b>;tag=1\r\n"
                   "Call-ID: 1\r\nCSeq: 1 INVITE\r\nDate: now\r\nX-CID: 7\r\n",
                   "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK2;rport=6\r\nFrom: <sip:a@b>;tag=2\r\n"
                   "Call-ID: 2\r\nCSeq: 9 INVITE\r\nDate: then\r\nX-CID: 8\r\n",
                   other),
        Lines{});
    EXPECT_EQ(of_headers("CSeq: 1 INVITE\r\n", "CSeq: 1 BYE\r\n", other),
              (Lines{"headers: - CSeq: 1 INVITE", "headers: + CSeq: 1 BYE"}));
    EXPECT_EQ(
        of_headers("From: <sip:a@b;x=1>;tag=1\r\n", "From: <sip:a@b;x=2>;tag=2\r\n", other),
        (Lines{"headers: - From: <sip:a@b;x=1>;tag=1", "headers: + From: <sip:a@b;x=2>;tag=2"}));
    // Whether it is there at all is a difference.
    EXPECT_EQ(of_headers("", "Date: then\r\n", other), Lines{"headers: + Date: then"});
}

TEST(MessageDifference, BetweenTwoCallsLeavesOutSessionNumbersAndPortsOfMedia) {
    const Comparing other{true, {}};
    EXPECT_EQ(of_sdp("v=0\r\no=u 1 1 IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 8\r\na=rtcp:4001\r\n"
                     "a=crypto:1 AES inline:abc\r\n",
                     "v=0\r\no=u 2 7 IN IP4 10.0.0.1\r\nm=audio 6000 RTP/AVP 8\r\na=rtcp:6001\r\n"
                     "a=crypto:1 AES inline:xyz\r\n",
                     other),
              Lines{});
    EXPECT_EQ(of_sdp("v=0\r\nm=audio 4000 RTP/AVP 8\r\n", "v=0\r\nm=audio 0 RTP/AVP 8\r\n", other),
              (Lines{"SDP of stream 1 (audio): - m=audio 4000 RTP/AVP 8",
                     "SDP of stream 1 (audio): + m=audio 0 RTP/AVP 8"}));
    EXPECT_EQ(of_sdp("v=0\r\na=crypto:1 AES inline:abc\r\n", "v=0\r\na=crypto:1 DES inline:abc\r\n",
                     other),
              (Lines{"SDP: - a=crypto:1 AES inline:abc", "SDP: + a=crypto:1 DES inline:abc"}));
}

TEST(MessageDifference, OfLongMessagesWithNothingInCommonIsBounded) {
    std::string before, after;
    for (int i = 0; i < 40'000; ++i) {
        before += "Via: a" + std::to_string(i) + "\r\n";
        after += "Via: b" + std::to_string(i) + "\r\n";
    }
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(of_headers(before, after).size(), 80'000u);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST(MessageDifference, TakesWhateverIsLeftOfAMessage) {
    const std::string whole =
        invite_line +
        "v: a, \"b\\\", <c\r\nAllow: ,,\r\nRoute:\r\nCSeq: 1\r\nX;branch=:;tag\r\n"
        "Contact: <sip:a@b;tag=\"x\r\n\r\nv=0\r\no=\r\nm=\r\na=crypto:\r\nm=audio 0";
    const auto all = sip::parse(whole);
    const std::vector<std::string> call_ids = {"v"};
    for (std::size_t size = invite_line.size(); size < whole.size(); ++size) {
        const std::string begun = whole.substr(0, size);
        const auto some = sip::parse(begun);
        ASSERT_TRUE(some);
        EXPECT_EQ(message_difference(*some, *some), std::vector<ChangedPart>{});
        // What the whole has besides is no less in the other direction.
        EXPECT_EQ(message_difference(*some, *all).empty(), message_difference(*all, *some).empty());
        (void)message_difference(*some, *all, {true, call_ids});
    }
}

TEST(ChangedLines, KeepsTheLongestCommonPart) {
    const auto list = [](std::string_view letters) {
        std::vector<Line> lines;
        for (const char c : letters) lines.push_back({std::string(1, c), std::string(1, c)});
        return lines;
    };
    const auto text = [&](std::string_view before, std::string_view after) {
        std::string out;
        for (const Change& one : changed_lines(list(before), list(after))) {
            out += (one.is_added ? '+' : '-') + one.text;
        }
        return out;
    };
    EXPECT_EQ(text("abc", "abc"), "");
    EXPECT_EQ(text("", "ab"), "+a+b");
    EXPECT_EQ(text("abcd", "axd"), "-b-c+x");
    EXPECT_EQ(text("abcabba", "cbabac").size(), 10u);  // Myers 1986: five changes
}

}  // namespace
}  // namespace ci::calls
