// The reports of an observer without a clock keep their order unless causality contradicts it. If
// an observer's own order is overruled, the answer says so.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "order/scene.h"

namespace ci::order {
namespace {

using namespace scene;

const std::string first = "192.0.2.2:5060";
const std::string second_proxy = "192.0.2.4:5060";

/// A busy call over two proxies; 9 sends, 0.2 ms apart.
void refused(Scene& world) {
    constexpr Micros hop = 200;
    Micros at = 0;
    const auto send = [&](const std::string& from, const std::string& to, const Text& text) {
        world.send(at += hop, from, to, text);
    };
    send(alice, first, {"INVITE", "1 INVITE", {"a"}, "", ""});
    send(first, second_proxy, {"INVITE", "1 INVITE", {"p", "a"}, "", ""});
    send(second_proxy, bob, {"INVITE", "1 INVITE", {"q", "p", "a"}, "", ""});
    send(bob, second_proxy, {"486 Busy", "1 INVITE", {"q", "p", "a"}, "bob", ""});
    send(second_proxy, bob, {"ACK", "1 ACK", {"q"}, "bob", ""});
    send(second_proxy, first, {"486 Busy", "1 INVITE", {"p", "a"}, "bob", ""});
    send(first, second_proxy, {"ACK", "1 ACK", {"p"}, "bob", ""});
    send(first, alice, {"486 Busy", "1 INVITE", {"a"}, "bob", ""});
    send(alice, first, {"ACK", "1 ACK", {"a"}, "bob", ""});
}

Scene two_without_clocks() {
    return Scene({{"p", "192.0.2.2", 0, 0, false}, {"q", "192.0.2.4", 0, 0, false}}, 50);
}

TEST(OwnOrder, StaysWhereAnothersReportCameFirst) {
    for (const Micros held_up : {Micros{300}, Micros{900}, 5 * ms}) {
        Scene world = two_without_clocks();
        refused(world);
        // From the refusal on, the second proxy's reports are delayed.
        for (std::size_t i = 0; i < world.chunks.size(); ++i) {
            Chunk& chunk = world.chunks[i];
            if (chunk.observer == "q" && world.shows[i] >= 3) *chunk.ref_timestamp += held_up;
        }
        EXPECT_EQ(world.ordered(), world.truth()) << held_up;
        EXPECT_TRUE(order(world.chunks).contradictions.empty());
    }
}

TEST(OwnOrder, GivesWayToCauses) {
    Scene world = two_without_clocks();
    refused(world);
    // One datagram overtook another: the ACK arrived before the refusal.
    for (std::size_t i = 0; i < world.chunks.size(); ++i) {
        Chunk& chunk = world.chunks[i];
        if (chunk.observer == "q" && world.shows[i] == 3) *chunk.ref_timestamp += 350;
    }
    EXPECT_EQ(world.ordered(), world.truth());
}

TEST(OwnOrder, GivesWayToWhatAnotherSawInTime) {
    Scene world = two_without_clocks();
    refused(world);
    // One report was delayed for long, and all others overtook it.
    for (std::size_t i = 0; i < world.chunks.size(); ++i) {
        Chunk& chunk = world.chunks[i];
        if (chunk.observer == "q" && world.shows[i] == 1) *chunk.ref_timestamp += 300 * ms;
    }
    EXPECT_EQ(world.ordered(), world.truth());
}

/// A 180 and a 100 over one hop, reported in this order shortly after each other.
Scene turned(bool clock) {
    Scene world({{"p", "192.0.2.2", 0, 0, clock}});
    world.send(0, alice, proxy, {"INVITE", "1 INVITE", {"a"}, "", ""});
    world.send(10 * ms, proxy, alice, {"180 Ringing", "1 INVITE", {"a"}, "bob", ""});
    world.send(11 * ms, proxy, alice, {"100 Trying", "1 INVITE", {"a"}, "", ""});
    return world;
}

TEST(OwnOrder, IsToldWhereTheProtocolOverrulesIt) {
    for (const bool clock : {true, false}) {
        const Scene world = turned(clock);
        const Flow flow = order(world.chunks);
        ASSERT_EQ(flow.events.size(), 3U);
        EXPECT_EQ(world.chunks[flow.events[1].chunk].label, "SIP/2.0 100 Trying");
        ASSERT_EQ(flow.contradictions.size(), 1U);
        EXPECT_EQ(flow.contradictions[0],
                  "p saw \"SIP/2.0 180 Ringing\" (1 INVITE, 192.0.2.2:5060 to 192.0.2.1:5060) "
                  "0.001000 s before \"SIP/2.0 100 Trying\" (1 INVITE, 192.0.2.2:5060 to "
                  "192.0.2.1:5060), which the protocol puts first");
    }
}

TEST(OwnOrder, IsToldOfCSeqNumbersToo) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    world.send(0, alice, proxy, {"INFO", "8 INFO", {"b"}, "bob", ""});
    world.send(1 * ms, alice, proxy, {"INFO", "7 INFO", {"a"}, "bob", ""});
    const Flow flow = order(world.chunks);
    EXPECT_EQ(world.chunks[flow.events[0].chunk].c_seq, "7 INFO");
    ASSERT_EQ(flow.contradictions.size(), 1U);
    EXPECT_NE(flow.contradictions[0].find("which the protocol puts first"), std::string::npos);
}

TEST(OwnOrder, IsNotToldWhereNothingWasTurned) {
    Scene world({Watcher{"p", "192.0.2.2"}});
    call(world);
    EXPECT_TRUE(order(world.chunks).contradictions.empty());
}

}  // namespace
}  // namespace ci::order
