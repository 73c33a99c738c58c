// The drawing as SVG and for Mermaid: what strangers wrote is text in it, and nothing else.
#include "ladder/pictures.h"

#include <gtest/gtest.h>

#include "drawn_call.h"

namespace ci::ladder {
namespace {

const std::string hostile = "SIP/2.0 486 <script>alert('1')</script>&\"; end #x %%{a}%%\x1b";

std::string svg_of(const Call& call, const View& view = {}) {
    return svg(call.chunks, call.flow(), view);
}
std::string mermaid_of(const Call& call, const View& view = {}) {
    return mermaid(call.chunks, call.flow(), view);
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(Svg, HasAGroupForEachMessageAndAColumnForEachHost) {
    Call call;
    call.pass_on(3);
    const std::string drawn = svg_of(call);
    EXPECT_TRUE(has(drawn, "<g id=\"m0\">") && has(drawn, "<g id=\"m1\">")) << drawn;
    EXPECT_EQ(count_of(drawn, "stroke=\"#c3c9d0\""), 3U);
    EXPECT_EQ(count_of(drawn, ">INVITE<"), 2U);
    EXPECT_TRUE(has(drawn, ">192.0.2.2:5060<"));
    EXPECT_EQ(count_of(drawn, "<g "), count_of(drawn, "</g>"));
}

TEST(Svg, HoldsNoMarkupOfStrangers) {
    Call call;
    call.pass_on(2);
    call.add(hostile, Call::end(2), Call::end(1), "INVITE");
    View view;
    view.remarks = {{"error", "<img src=x onerror=alert(1)>", "\"><b>", {1}}};
    view.host = [](std::string_view end) { return "<u>" + std::string(end); };
    const std::string drawn = svg_of(call, view);
    for (const char* part : {"<script", "<img", "<b>", "<u>", "\x1b", "&\"", "alert('1')"}) {
        EXPECT_FALSE(has(drawn, part)) << part << drawn;
    }
    EXPECT_TRUE(
        has(drawn, "486 &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;; end #x"))
        << drawn;
    EXPECT_TRUE(has(drawn, ">!1<"));
}

TEST(Svg, DrawsLossesAndTransmissions) {
    Call call;
    call.pass_on(2);
    Chunk again = call.chunks.front();
    *again.timestamp += 500'000;
    *again.ref_timestamp += 500'000;
    call.chunks.push_back(again);
    EXPECT_TRUE(has(svg_of(call), "x2 over 500 ms")) << svg_of(call);
    EXPECT_TRUE(has(svg_of(call), "stroke-dasharray=\"7 4\""));
    order::Flow flow = call.flow();
    order::Clock there;
    there.observer = "other";
    there.host = "192.0.2.2";
    flow.clocks.push_back(there);
    EXPECT_FALSE(has(svg(call.chunks, flow, {}), "l10 10m0 -10l-10 10"));
    for (auto& event : flow.events) event.missed_by = {1};
    EXPECT_TRUE(has(svg(call.chunks, flow, {}), "l10 10m0 -10l-10 10"));
}

TEST(Mermaid, HasALineForEachMessage) {
    Call call;
    call.pass_on(3);
    call.add("SIP/2.0 200 OK", Call::end(3), Call::end(2), "INVITE");
    const auto lines = lines_of(mermaid_of(call));
    EXPECT_EQ(lines[0], "sequenceDiagram");
    EXPECT_EQ(lines[1], "    participant h1 as 192.0.2.1:5060");
    EXPECT_EQ(lines[4], "    h1->>h2: 0.000 INVITE");
    EXPECT_EQ(lines.back(), "    h3->>h2: 0.002 200 OK");
}

TEST(Mermaid, HoldsNoStatementsOfStrangers) {
    Call call;
    call.pass_on(2);
    call.add(hostile, Call::end(2), Call::end(1), "INVITE");
    View view;
    view.host = [](std::string_view end) { return "a;b\n" + std::string(end); };
    const std::string drawn = mermaid_of(call, view);
    EXPECT_EQ(lines_of(drawn).size(), 5U) << drawn;
    EXPECT_FALSE(has(drawn, "<script") || has(drawn, "%%") || has(drawn, "{"));
    EXPECT_TRUE(has(drawn, "486 #60;script#62;alert('1')#60;/script#62;#38;#34;#59; end #35;x"))
        << drawn;
    EXPECT_TRUE(has(drawn, "participant h1 as a#59;b\\n192.0.2.1:5060")) << drawn;
}

TEST(Pictures, OfNothingAreEmpty) {
    View view;
    view.only_legs = {"B"};
    Call call;
    call.pass_on(2);
    call.legs = {"A"};
    view.legs = call.legs;
    EXPECT_FALSE(has(svg_of(call, view), "INVITE"));
    EXPECT_EQ(mermaid_of(call, view), "sequenceDiagram\n");
}

}  // namespace
}  // namespace ci::ladder
