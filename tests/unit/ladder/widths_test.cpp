// A drawing at any width, of any size.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "drawn_call.h"

namespace ci::ladder {
namespace {

TEST(Widths, TwelveHostsAreColumnsAtEightyCells) {
    Call call;
    call.pass_on(12);
    call.add("SIP/2.0 603 Decline", Call::end(12), Call::end(1), "INVITE");
    View view;
    view.width = 80;
    const std::string drawn = call.draw(view);
    for (const std::string& line : lines_of(drawn)) EXPECT_LE(cells(line), 80U) << line;
    EXPECT_TRUE(has(drawn, "h12 192.0.2.12:5060")) << drawn;
    EXPECT_TRUE(has(drawn, " h11 h12\n")) << drawn;
    std::size_t whole = 0;
    for (const std::string& line : lines_of(drawn)) {
        whole += has(line, "──▶│ INVITE") || has(line, " INVITE │──▶│") ? 1 : 0;
    }
    EXPECT_EQ(whole, 11U) << "each label is whole\n" << drawn;
    EXPECT_TRUE(has(line_with(drawn, "603 Decline"), "◀")) << drawn;
    EXPECT_TRUE(has(line_with(drawn, "603 Decline"), "┼")) << "it passes under columns\n" << drawn;
}

TEST(Widths, MoreHostsThanColumnsAreAList) {
    Call call;
    call.pass_on(40);
    View view;
    view.width = 80;
    const std::string drawn = call.draw(view);
    EXPECT_TRUE(has(drawn, "192.0.2.39:5060 ─▶ 192.0.2.40:5060  INVITE\n")) << drawn;
    EXPECT_FALSE(has(drawn, "│")) << drawn;
    view.width = 200;
    EXPECT_TRUE(has(call.draw(view), "│")) << "a wider one has room";
}

TEST(Widths, RowsKeepToAnyWidth) {
    Call call;
    call.pass_on(6);
    call.add("SIP/2.0 480 " + std::string(300, 'x'), Call::end(6), Call::end(5), "INVITE");
    for (const std::size_t width : {60U, 80U, 100U, 120U, 200U, 1000U}) {
        View view;
        view.width = width;
        for (const std::string& line : lines_of(call.draw(view))) {
            EXPECT_LE(cells(line), width) << line;
        }
    }
}

TEST(Widths, WhatHasNoRoomIsSaid) {
    Call call;
    call.pass_on(14);
    View view;
    view.width = 80;
    const std::string drawn = call.draw(view);
    EXPECT_TRUE(has(drawn, "There is no room for the time since the start")) << drawn;
    EXPECT_TRUE(has(drawn, "──▶│ INVITE")) << "it has columns\n" << drawn;
    view.width = 200;
    EXPECT_FALSE(has(call.draw(view), "There is no room"));
}

TEST(Widths, AllThatHasNoRoomIsListed) {
    Call call;
    call.pass_on(11);
    call.chunks.back().observer = "b";  // so that there is something to tell of who saw what
    View view;
    view.width = 60;
    const std::string drawn = call.draw(view);
    EXPECT_TRUE(has(drawn, "the start and the time since the row above: ask")) << drawn;
}

TEST(Events, AreWholeBesideAnyColumn) {
    Call call;
    call.pass_on(3);
    const std::string told = "one two three four five six seven eight nine ten eleven twelve";
    for (const std::size_t host : {1U, 2U, 3U}) {
        Chunk& event = call.add(told, Call::end(host), Call::end(9), "");
        event.event = "log";
        event.message.clear();
        event.observer = event.parser = "another";
    }
    for (const std::size_t width : {80U, 120U, 200U}) {
        View view;
        view.width = width;
        const std::string drawn = call.draw(view);
        std::size_t found = 0;
        for (std::size_t at = 0; (at = drawn.find("twelve", at)) != std::string::npos; ++at)
            ++found;
        EXPECT_EQ(found, 3U) << drawn;
        for (const std::string& line : lines_of(drawn)) EXPECT_LE(cells(line), width) << line;
    }
}

TEST(Ascii, IsAll) {
    Call call;
    call.pass_on(3);
    call.add("SIP/2.0 404 Nicht gef\u00fcnden \u7535", Call::end(3), Call::end(2), "INVITE");
    View view;
    view.ascii = true;
    const std::string drawn = call.draw(view);
    for (const char c : drawn) ASSERT_TRUE(c == '\n' || (c >= ' ' && c < 0x7f)) << drawn;
    EXPECT_TRUE(has(drawn, "|---")) << drawn;
    EXPECT_TRUE(has(drawn, "->|")) << drawn;
    EXPECT_TRUE(has(drawn, "404 Nicht gef?nden ??")) << drawn;
}

TEST(Drawings, OfThousandsOfMessagesAreWhole) {
    Call call;
    for (std::size_t i = 0; i < 2'000; ++i) {
        call.add("INFO sip:b@c SIP/2.0", Call::end(1 + i % 9), Call::end(2 + i % 9), "INFO",
                 "Via: SIP/2.0/UDP x;branch=z9hG4bK" + std::to_string(i) + "\r\n");
    }
    View view;
    view.width = 80;
    const std::string drawn = call.draw(view);
    EXPECT_TRUE(has(drawn, "\n1999 ")) << drawn.substr(0, 1000);
}

}  // namespace
}  // namespace ci::ladder
