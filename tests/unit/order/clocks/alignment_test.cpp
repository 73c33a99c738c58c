#include "order/clocks/alignment.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

/// How far the clocks of two observers without a common message are from the truth, 3 s.
Micros error_of(const std::vector<ClockPrior>& priors) {
    Scene world({{"a", "192.0.2.1", 3 * second}, {"b", "192.0.2.3"}});
    for (int i = 0; i < 4; ++i) {
        const std::string number = std::to_string(i + 1);
        world.send(i * second, alice, proxy, {"INFO", number + " INFO", {"a" + number}, "t", ""});
        world.send(i * second + 400 * ms, bob, proxy,
                   {"INFO", number + " INFO", {"b" + number}, "u", "", "bob"});
    }
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "a") *chunk.ref_timestamp += 50 * ms;  // its reports take long
    }
    const Flow flow = order(world.chunks, priors);
    return std::abs(flow.clocks[0].offset - flow.clocks[1].offset - 3 * second);
}

TEST(Alignment, UsesWhatWasKnownOfClocksBefore) {
    EXPECT_GT(error_of({}), 20 * ms);
    EXPECT_LT(error_of({{"a", start, 3 * second, 0, 100}, {"b", start, 0, 0, 100}}), 5 * ms);
}

/// Alice's and Bob's observers saw nothing in common, nor causes of what the other saw.
Scene apart(Micros bobs_clock) {
    Scene world({{"a", "192.0.2.1"}, {"b", "192.0.2.3", bobs_clock}});
    for (int i = 0; i < 4; ++i) {
        const std::string number = std::to_string(i + 1);
        world.send(i * second, alice, proxy, {"INFO", number + " INFO", {"a" + number}, "t", ""});
        world.send(i * second + 400 * ms, bob, proxy,
                   {"INFO", number + " INFO", {"b" + number}, "u", "", "bob"});
    }
    return world;
}

TEST(Alignment, TakesAClockForRightWhoseStampsFitTheCallAndWhoseReportsDoNot) {
    Scene world = apart(0);
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "b") *chunk.ref_timestamp += 3'600 * second;  // the link is late
    }
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Alignment, TakesNoClockForRightWhoseReportsFitTheCall) {
    Scene world = apart(-2 * second);
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(Alignment, TakesNoClockForRightWhoseReportsCameBeforeThat) {
    Scene world = apart(0);
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "b") *chunk.ref_timestamp -= 3'600 * second;
    }
    for (const Clock& clock : order(world.chunks).clocks) {
        if (clock.observer == "b") {
            EXPECT_GT(std::abs(clock.offset), second);
        }
    }
}

TEST(Alignment, ACancelThatWasPassedOnTiesClocks) {
    // Alice's clock is set during the call, and her link is late from then on.
    Scene world({{"a", "192.0.2.1"}, {"b", "192.0.2.3"}}, 300);
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"a1"}, "", ""});
    world.send(2 * ms, proxy, bob, {"INVITE", "1 INVITE", {"p1", "a1"}, "", ""});
    world.send(100 * ms, bob, proxy, {"180 Ringing", "1 INVITE", {"p1", "a1"}, "b", ""});
    world.send(102 * ms, proxy, alice, {"180 Ringing", "1 INVITE", {"a1"}, "b", ""});
    world.send(5 * second, alice, proxy, {"CANCEL", "1 CANCEL", {"a1"}, "", ""});
    world.send(5 * second + ms, proxy, alice, {"200 OK", "1 CANCEL", {"a1"}, "p", ""});
    world.send(5 * second + 2 * ms, proxy, bob, {"CANCEL", "1 CANCEL", {"p1"}, "", ""});
    world.send(5 * second + 4 * ms, bob, proxy, {"200 OK", "1 CANCEL", {"p1"}, "b", ""});
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer == "b" || *chunk.timestamp < start + second) continue;
        *chunk.timestamp += 60 * second;
        *chunk.ref_timestamp += 400 * ms;
    }
    EXPECT_EQ(world.ordered(), world.truth());
}

/// A call of two legs over a back-to-back user agent at the proxy's host, from which a further
/// proxy, where nobody watches, leads to Bob.
TEST(Alignment, TheLowestViaNamesTheHostBetweenTwoLegs) {
    const std::string beyond = "192.0.2.9:5060";
    const std::string b2bua = "192.0.2.2";
    Scene world({{"a", "192.0.2.1"}, {"b", "192.0.2.3", -3 * second}}, 300);
    const auto leg_b = [&](const std::string& line) {
        const std::string to = line == "INVITE" ? "" : "t";
        return Text{line, "7 INVITE", {"y2", "y1"}, to, "", "leg b", b2bua};
    };
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"x"}, "", ""});
    world.send(8 * ms, beyond, bob, leg_b("INVITE"));
    world.send(600 * ms, bob, beyond, leg_b("180 Ringing"));
    world.send(606 * ms, proxy, alice, {"180 Ringing", "1 INVITE", {"x"}, "s", ""});
    world.send(4 * second, bob, beyond, leg_b("200 OK"));
    world.send(4'006 * ms, proxy, alice, {"200 OK", "1 INVITE", {"x"}, "s", ""});
    for (Chunk& chunk : world.chunks) {
        if (chunk.observer != "b") continue;
        chunk.call_id = "leg b";
        *chunk.ref_timestamp += 30 * second;  // the link is late
    }
    EXPECT_EQ(world.ordered(), world.truth());
}

}  // namespace
}  // namespace ci::order
