// What a drawing shows, and what it shows on request.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "drawn_call.h"

namespace ci::ladder {
namespace {

TEST(Folding, CountsTransmissionsAtTheFirst) {
    Call call;
    call.pass_on(2);
    for (const wire::Micros after : {500'000, 1'500'000, 3'500'000}) {
        Chunk again = call.chunks.front();
        *again.timestamp += after;
        *again.ref_timestamp += after;
        call.chunks.push_back(again);
    }
    EXPECT_TRUE(has(line_with(call.draw(), "INVITE"), "x4 over 3.5 s")) << call.draw();
    EXPECT_FALSE(has(call.draw(), "retransmission"));
    View view;
    view.open = true;
    const std::string open = call.draw(view);
    EXPECT_TRUE(has(open, "retransmission 3")) << open;
    EXPECT_FALSE(has(open, "x4"));
}

TEST(Rows, AreNumberedByTheirPlaceWhateverIsFolded) {
    Call call;
    call.pass_on(2);
    Chunk again = call.chunks.front();
    *again.timestamp += 500'000;
    *again.ref_timestamp += 500'000;
    call.chunks.push_back(again);
    call.add("SIP/2.0 200 OK", Call::end(2), Call::end(1), "INVITE").timestamp = epoch + 900'000;
    *call.chunks.back().ref_timestamp = epoch + 900'000;
    EXPECT_TRUE(line_with(call.draw(), "INVITE").starts_with("0 ")) << call.draw();
    EXPECT_TRUE(line_with(call.draw(), "200 OK").starts_with("2 ")) << call.draw();
    EXPECT_TRUE(has(line_with(call.draw(), "200 OK"), " 0.900 +0.900 ")) << call.draw();
}

TEST(Losses, AreBrokenAtTheHop) {
    Call call;
    call.pass_on(2);
    order::Flow flow = call.flow();
    order::Clock there;
    there.observer = "other";
    there.host = "192.0.2.2";
    flow.clocks.push_back(there);
    EXPECT_FALSE(has(text(call.chunks, flow), "╳"));
    flow.events[0].missed_by = {1};
    const std::string line = line_with(text(call.chunks, flow), "INVITE");
    EXPECT_TRUE(has(line, "─╳ ")) << line;
    EXPECT_FALSE(has(line, "▶")) << line;
    flow.clocks[1].host = "192.0.2.1";
    EXPECT_FALSE(has(text(call.chunks, flow), "╳")) << "who sent it need not have seen it arrive";
}

TEST(Gaps, AreDashed) {
    Call call;
    call.pass_on(2);
    order::Flow flow = call.flow();
    flow.gaps.push_back({0, "ACK", "1", Call::end(2), Call::end(1)});
    const std::string line = line_with(text(call.chunks, flow), "ACK not seen");
    EXPECT_TRUE(has(line, "◀╌")) << line;
}

TEST(Sdp, StandsUnderItsMessageOnce) {
    Call call;
    for (const std::size_t host : {1U, 2U}) {
        call.add("INVITE sip:b@c SIP/2.0", Call::end(host), Call::end(host + 1), "INVITE",
                 "Via: SIP/2.0/UDP x;branch=z9hG4bK" + std::to_string(host) +
                     "\r\nContent-Type: application/sdp\r\n",
                 description);
    }
    const std::string line = "audio 192.0.2.1:4000 PCMA,PCMU sendonly";
    const std::string drawn = call.draw();
    EXPECT_TRUE(has(lines_of(drawn)[2], line)) << drawn;
    EXPECT_EQ(drawn.find(line), drawn.rfind(line)) << "the same is told once\n" << drawn;
    EXPECT_TRUE(has(drawn, "INVITE (SDP)")) << drawn;
    View view;
    view.sdp = false;
    EXPECT_FALSE(has(call.draw(view), "audio"));
}

TEST(Remarks, AreMarkedAtTheirRowsAndToldBelow) {
    Call call;
    call.pass_on(3);
    View view;
    view.remarks = {{"error", "no answer\x1b[2J", "look there", {1}},
                    {"info", "short", "", {0, 1}}};
    const std::string drawn = call.draw(view);
    EXPECT_TRUE(lines_of(drawn)[1].starts_with("0 !2 ")) << drawn;
    EXPECT_TRUE(lines_of(drawn)[2].starts_with("1 !1,2 ")) << drawn;
    EXPECT_TRUE(
        has(drawn, "\n!1  error: no answer\\x1b[2J\n    check: look there\n!2  info: short\n"))
        << drawn;
}

TEST(Legs, HaveLettersColoursAndWhatCausedThem) {
    Call call;
    call.pass_on(3);
    order::Flow flow = call.flow();
    flow.over_legs.push_back({0, 1, "called on"});
    View view;
    view.legs = {"A", "B"};
    const std::string plain = text(call.chunks, flow, view);
    EXPECT_TRUE(has(lines_of(plain)[2], " B ")) << plain;
    EXPECT_TRUE(has(lines_of(plain)[2], "<- 0 called on")) << plain;
    EXPECT_FALSE(has(plain, "\x1b"));
    view.colour = true;
    const std::string coloured = text(call.chunks, flow, view);
    EXPECT_TRUE(has(lines_of(coloured)[1], "\x1b[36mA")) << coloured;
    EXPECT_TRUE(has(lines_of(coloured)[2], "\x1b[32mB")) << coloured;
    for (const std::string& line : lines_of(coloured)) {
        EXPECT_TRUE(!has(line, "\x1b") || line.ends_with("\x1b[0m") ||
                    line.rfind("\x1b[0m") > line.rfind("\x1b[3"))
            << line;
    }
}

TEST(Only, TheLegsAndHostsThatWereAskedFor) {
    Call call;
    call.pass_on(4);
    View view;
    view.legs = {"A", "B", "C"};
    view.only_legs = {"A", "C"};
    std::string drawn = call.draw(view);
    EXPECT_FALSE(has(drawn, " B ")) << drawn;
    EXPECT_TRUE(line_with(drawn, " C ").starts_with("2 ")) << drawn;
    view.only_legs = {};
    view.only_hosts = {"192.0.2.2", "192.0.2.3"};
    drawn = call.draw(view);
    EXPECT_TRUE(has(drawn, "192.0.2.2:5060") && has(drawn, "192.0.2.3:5060")) << drawn;
    EXPECT_FALSE(has(drawn, "192.0.2.1:5060") || has(drawn, "192.0.2.4:5060")) << drawn;
    view.only_hosts = {"192.0.2.2"};
    drawn = call.draw(view);
    EXPECT_TRUE(has(drawn, "192.0.2.1:5060") && has(drawn, "192.0.2.3:5060")) << drawn;
    EXPECT_FALSE(has(drawn, "192.0.2.4:5060")) << drawn;
    EXPECT_EQ(complaint(call.chunks, call.flow(), view), "");
    view.only_hosts = {"nobody"};
    EXPECT_TRUE(has(complaint(call.chunks, call.flow(), view),
                    "no such host: nobody (known: 192.0.2.1, 192.0.2.2"));
    view.only_legs = {"Z"};
    EXPECT_EQ(complaint(call.chunks, call.flow(), view), "no such leg: Z (known: A, B, C)");
}

TEST(Hosts, WithSeveralEndpointsAreOneColumn) {
    Call call;
    call.add("INVITE sip:b@c SIP/2.0", Call::end(1), "192.0.2.2:5060", "INVITE");
    call.add("INVITE sip:b@c SIP/2.0", "192.0.2.2:7000", Call::end(3), "INVITE");
    const std::string drawn = call.draw();
    EXPECT_TRUE(has(lines_of(drawn)[0], " 192.0.2.2 ")) << drawn;
    EXPECT_TRUE(has(lines_of(drawn)[2], "from :7000")) << drawn;
    EXPECT_TRUE(has(drawn, "192.0.2.2: 192.0.2.2:5060, 192.0.2.2:7000")) << drawn;
}

TEST(Hosts, ThatTalkToEachOtherAreNotOne) {
    Call call;
    call.add("INVITE sip:b@c SIP/2.0", "192.0.2.1:5060", "192.0.2.1:5080", "INVITE");
    const std::string drawn = call.draw();
    EXPECT_TRUE(has(drawn, "192.0.2.1:5060") && has(drawn, "192.0.2.1:5080")) << drawn;
    EXPECT_TRUE(has(drawn, "▶│")) << drawn;
    EXPECT_FALSE(has(drawn, "↺")) << drawn;
}

TEST(Hosts, AreOneIfAnObserverSeesThatOneSentOnWhatTheOtherTookIn) {
    Call call;
    const std::string via = "Via: SIP/2.0/UDP phone;branch=z9hG4bK1\r\n";
    call.add("INVITE sip:b@c SIP/2.0", Call::end(1), "192.0.2.2:5060", "INVITE", via);
    call.add("INVITE sip:b@c SIP/2.0", "198.51.100.2:5060", "198.51.100.3:5060", "INVITE",
             "Via: SIP/2.0/UDP proxy;branch=z9hG4bK2\r\n" + via);
    const auto head = [&] { return lines_of(call.draw())[0]; };
    EXPECT_TRUE(has(head(), " 192.0.2.2 ") && !has(head(), "198.51.100.2")) << call.draw();
    EXPECT_TRUE(has(call.draw(), "from 198.51.100.2:5060")) << call.draw();
    call.chunks[1].observer = "another";
    EXPECT_TRUE(has(call.draw(), " 198.51.100.2:5060")) << "others may see a hop between\n";
    EXPECT_FALSE(has(call.draw(), "from 198.51.100.2")) << call.draw();
}

TEST(View, CountsWhatCouldNotBeReconciledWhereThereIsMuchOfIt) {
    Call call;
    call.pass_on(2);
    order::Flow flow = call.flow();
    for (int i = 0; i < 40; ++i)
        flow.contradictions.push_back("contradiction " + std::to_string(i));
    const std::string drawn = text(call.chunks, flow, View{});
    EXPECT_NE(drawn.find("contradiction 4\n"), std::string::npos) << drawn;
    EXPECT_EQ(drawn.find("contradiction 5"), std::string::npos) << drawn;
    EXPECT_NE(drawn.find("!  and 35 more like these"), std::string::npos) << drawn;
}

}  // namespace
}  // namespace ci::ladder
